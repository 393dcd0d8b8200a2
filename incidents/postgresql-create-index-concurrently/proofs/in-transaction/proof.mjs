// CREATE INDEX CONCURRENTLY in a transaction, and in each way in which a driver makes one: BEGIN,
// several statements in one query, a function. One statement of its own works.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = await connect();
await client.query('CREATE TABLE orders (id int)');
const CREATE = 'CREATE INDEX CONCURRENTLY orders_id ON orders (id)';
const REFUSED = '25001 CREATE INDEX CONCURRENTLY cannot run inside a transaction block';
await client.query('BEGIN');
shows('after BEGIN', await said(client, CREATE), REFUSED);
await client.query('ROLLBACK');
shows('two statements in one query', await said(client, `SET lock_timeout = '2s'; ${CREATE}`), REFUSED);
shows('in a DO block', await said(client, `DO $$ BEGIN ${CREATE}; END $$`), /^25001 CREATE INDEX CONCURRENTLY cannot be executed from a function$/);
await client.query("SET lock_timeout = '2s'");
shows('two queries, without BEGIN', await said(client, CREATE), 'ok');
await client.query('BEGIN');
shows('DROP INDEX CONCURRENTLY after BEGIN', await said(client, 'DROP INDEX CONCURRENTLY orders_id'), '25001 DROP INDEX CONCURRENTLY cannot run inside a transaction block');
await client.query('ROLLBACK');
await disconnect();
