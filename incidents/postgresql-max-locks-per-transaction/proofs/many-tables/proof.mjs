// A transaction that touches many tables, on a server with a small lock table: it fails when the
// locks do not fit, and the error can hit another session that takes only a few. In batches, each in
// a transaction of its own, the same work succeeds. Partitions count, with their indexes.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

const server = await cluster(['max_connections = 10', 'max_locks_per_transaction = 10', 'autovacuum = off']);
const connect = async () => { const client = new pg.Client({ connectionString: server.url() }); await client.connect(); return client; };
const said = (client, sql) => client.query(sql).then(() => 'ok', (error) => `${error.code} ${error.message}; ${error.hint ?? ''}`);
const [client, other] = [await connect(), await connect()];
for (let schema = 0; schema < 60; schema += 1) {
  await client.query(`CREATE SCHEMA s${schema}; ${Array.from({ length: 40 }, (_, i) => `CREATE TABLE s${schema}.t${i} (id int PRIMARY KEY)`).join('; ')}`);
}
const FULL = /^53200 out of shared memory; You might need to increase "?max_locks_per_transaction"?\.$/;
const drop = (from, to) => `DROP SCHEMA ${Array.from({ length: to - from }, (_, i) => `s${from + i}`).join(', ')} CASCADE`;
shows('DROP of 60 schemas with 2400 tables, one transaction', await said(client, drop(0, 60)), FULL);
await client.query(`CREATE SCHEMA mine; ${Array.from({ length: 40 }, (_, i) => `CREATE TABLE mine.m${i} (id int)`).join('; ')}`);

// This session takes all locks that there are: a savepoint lets it keep them when the next one fails.
await other.query('BEGIN');
let full = 'ok';
for (let n = 0; n < 2400 && full === 'ok'; n += 1) {
  await other.query('SAVEPOINT one');
  full = await said(other, `LOCK TABLE s${Math.floor(n / 40)}.t${n % 40} IN SHARE MODE`);
  await other.query(full === 'ok' ? 'RELEASE SAVEPOINT one' : 'ROLLBACK TO SAVEPOINT one');
}
shows('one session takes lock after lock', full, FULL);
await client.query('BEGIN');
let victim = 'ok';
for (let i = 0; i < 40 && victim === 'ok'; i += 1) victim = await said(client, `LOCK TABLE mine.m${i} IN SHARE MODE`);
shows('another session, which takes at most 40', victim, FULL);
await client.query('ROLLBACK');
await other.query('ROLLBACK');

for (let schema = 0; schema < 60; schema += 1) shows(`batch ${schema}`, await said(client, drop(schema, schema + 1)), 'ok');
shows('tables that are left', (await client.query("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]+$'")).rows[0].count, '0');

await client.query('CREATE TABLE log (day int, note text) PARTITION BY LIST (day)');
for (let day = 0; day < 600; day += 1) await client.query(`CREATE TABLE log_${day} PARTITION OF log FOR VALUES IN (${day})`);
shows('a query over 600 partitions', await said(client, 'SELECT count(*) FROM log'), FULL);
shows('the same query with the key', await said(client, 'SELECT count(*) FROM log WHERE day = 7'), 'ok');
await client.end();
await other.end();
await server.stop();
