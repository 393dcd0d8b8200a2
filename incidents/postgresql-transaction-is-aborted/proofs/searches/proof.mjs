// The commands of the runbook: the first error of a transaction in the log of a real server, and
// sessions that are left in an aborted transaction.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { runbook, shows, until } from '../helpers/runbook.mjs';

const server = await cluster(["log_line_prefix = '%t [%p] '"]);
const client = new pg.Client({ connectionString: server.url() });
client.on('error', () => {}); // the runbook ends its session
await client.connect();
await client.query('CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)');
const values = { LOG: `${server.host}/log`, DATABASE_URL: server.url() };
shows('before', await runbook('diagnosis-1', values), 'nothing; exit 0');
await client.query('BEGIN');
for (const sql of ['INSERT INTO orders VALUES (1)', 'SELECT 1', 'SELECT 2']) await client.query(sql).catch(() => {});
shows('the first error', await runbook('diagnosis-1', values), /^[^;]*ERROR:  duplicate key value violates unique constraint "orders_pkey"; exit 0$/);
shows('lines of the log with 25P02', readFileSync(values.LOG, 'utf8').match(/current transaction is aborted/g).length, '2');
shows('sessions', await runbook('mitigation-1', { ...values, SECONDS_OLD: '0' }), '1; exit 0');
// A session ends a moment after the server was told to end it.
const none = async () => await runbook('verification-1', values) === 'nothing; exit 0';
await until(none, 'the session never ends');
shows('sessions after that', await runbook('verification-1', values), 'nothing; exit 0');
await server.stop();
process.exit(0);
