// The popular advice, tried while a migration still runs: unlock, or delete the rows of the lock. The next run begins the
// same migration beside it, and it is done twice.
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { knex, project } from '../shared/project.mjs';

const admin = await connect();
await admin.query('CREATE TABLE held (id int); CREATE TABLE sent (what text)');
project({ '1_orders.js': ['CREATE TABLE orders (id int)'] });
await knex('migrate:latest').ended;
project({ '2_fill.js': ["INSERT INTO sent VALUES ('a')", 'INSERT INTO held VALUES (1)'] }, { transaction: false });
for (const [label, unlock] of [
  ['migrate:unlock', () => knex('migrate:unlock').ended],
  ['DELETE', () => admin.query('DELETE FROM knex_migrations_lock')],
]) {
  await admin.query("TRUNCATE sent; DELETE FROM knex_migrations WHERE name = '2_fill.js'");
  const holder = await connect();
  await holder.query('BEGIN; LOCK TABLE held');
  const first = knex('migrate:latest');
  await untilWaiting(admin, 1);
  await unlock();
  const second = knex('migrate:latest');
  await untilWaiting(admin, 2);
  await holder.query('COMMIT');
  const ends = [await first.ended, await second.ended];
  shows(`${label} while it runs`, `${ends.filter((end) => /^Batch/.test(end)).length} of 2 ran it`, '2 of 2 ran it');
  shows('written', (await admin.query('SELECT count(*) FROM sent')).rows[0].count, '2');
  shows('recorded', (await admin.query("SELECT count(*) FROM knex_migrations WHERE name = '2_fill.js'")).rows[0].count, '2');
}
await disconnect();
