// What is believed to help: DEALLOCATE ALL takes the statements of another client away, a restart of
// the application begins the same again, and names that nobody else has end only one of the errors.
import { shows } from '../helpers/runbook.mjs';
import { connect, disconnect, moved, named, said } from '../shared/pool.mjs';

const client = await connect();
await client.query(named('find-user'));
await (await connect()).query('DEALLOCATE ALL');
shows('after DEALLOCATE ALL of another client', await said(client.query(named('find-user'))), '26000 prepared statement "find-user" does not exist');
await disconnect();

for (const start of [1, 2]) {
  const restarted = await connect();
  const first = await said(restarted.query(named('find-order')));
  const next = await moved(() => said(restarted.query(named('find-order'))));
  shows(`after start ${start} of the application`, `${first}; ${next}`,
    start === 1
      ? '42; 26000 prepared statement "find-order" does not exist'
      : '42P05 prepared statement "find-order" already exists; 42');
  await disconnect();
}

const [one, two] = [await connect(), await connect()];
shows('names of their own', `${await said(one.query(named('one-7f3a')))} and ${await said(two.query(named('two-91cc')))}`, '42 and 42');
shows('names of their own, on another connection', await moved(() => said(one.query(named('one-7f3a')))), '26000 prepared statement "one-7f3a" does not exist');
await disconnect();
