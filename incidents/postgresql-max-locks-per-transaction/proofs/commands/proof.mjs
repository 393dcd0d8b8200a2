// The commands of the runbook: how full the lock table is, who fills it, and whether a batch fits.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const server = await cluster(['max_connections = 10', 'max_locks_per_transaction = 10', 'autovacuum = off']);
const client = new pg.Client({ connectionString: server.url() });
await client.connect();
const values = { DATABASE_URL: server.url() };
await client.query(Array.from({ length: 90 }, (_, i) => `CREATE TABLE t${i} (id int)`).join('; '));
shows('nobody', await runbook('diagnosis-1', values), /^([0-9]|1[0-9]) of [0-9]+ locks; exit 0$/);
await client.query('BEGIN');
for (let i = 0; i < 80; i += 1) await client.query(`LOCK TABLE t${i}`);
shows('one session', (await runbook('diagnosis-1', values)).replace(/\d+\|/, 'PID|'), /^(8|9)[0-9] of [0-9]+ locks and PID\|(8|9)[0-9]\|idle in transaction\|LOCK TABLE t79; exit 0$/);
await client.query('ROLLBACK');
shows('the check, 90 tables', await runbook('check-lock-table-is-large-enough', values), /^fits: 90 tables, partitions and indexes, [0-9]+ locks; exit 0$/);
for (let batch = 0; batch < 20; batch += 1) await client.query(Array.from({ length: 40 }, (_, i) => `CREATE TABLE u${batch * 40 + i} (id int PRIMARY KEY)`).join('; '));
shows('the check, 890 tables with 800 indexes', await runbook('check-lock-table-is-large-enough', values), /^too small: 1690 tables, partitions and indexes, [0-9]+ locks; exit 0$/);
await client.end();
await server.stop();
