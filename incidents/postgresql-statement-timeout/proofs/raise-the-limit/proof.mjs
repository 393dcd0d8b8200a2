// The popular advice, tried. A longer limit: what waits for a lock fails later. A limit for the role: connections that are open
// keep theirs, and so does a pool. A limit of the client: it gives up, and the server goes on.
import assert from 'node:assert/strict';
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query('CREATE TABLE orders (id int)');
const TIMEOUT = '57014 canceling statement due to statement timeout';
await admin.query('BEGIN; LOCK TABLE orders');
for (const limit of [100, 800]) {
  const client = await connect({ options: `-c statement_timeout=${limit}` });
  const begin = Date.now();
  shows(`it waits for a lock, limit ${limit}`, await said(client, 'SELECT * FROM orders'), TIMEOUT);
  assert.ok(Date.now() - begin >= limit - 5);
}
await admin.query('COMMIT');

const pooled = await connect();
const name = (await admin.query('SELECT quote_ident(current_database()) AS name')).rows[0].name;
const before = (await pooled.query('SHOW statement_timeout')).rows[0].statement_timeout;
await admin.query(`ALTER DATABASE ${name} SET statement_timeout = '77s'`);
shows('set for the database, a connection that is open', (await pooled.query('SHOW statement_timeout')).rows[0].statement_timeout, before);
const fresh = await connect();
shows('set for the database, a new connection', (await fresh.query('SHOW statement_timeout')).rows[0].statement_timeout, '77s');

await admin.query('BEGIN; LOCK TABLE orders');
const impatient = await connect({ query_timeout: 150 });
shows('a limit of the client', await said(impatient, 'SELECT * FROM orders'), 'undefined Query read timeout');
await untilWaiting(admin, 1);
console.log('the server, after it: it still waits');
await admin.query('COMMIT');
await disconnect();
