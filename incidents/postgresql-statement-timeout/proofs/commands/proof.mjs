// The commands of the runbook: which limit holds and where it was set, what a long statement does, and what blocks it.
import { writeFileSync } from 'node:fs';
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query('CREATE TABLE orders (id int)');
const url = (options) => ({ DATABASE_URL: `${process.env.DATABASE_URL}${process.env.DATABASE_URL.includes('?') ? '&' : '?'}options=${encodeURIComponent(options)}` });
shows('limit of the address', await runbook('diagnosis-1', url('-c statement_timeout=1234')), /statement_timeout 1234 ms, from the client.*; exit 0$/);
shows('no limit', await runbook('diagnosis-1', url('-c statement_timeout=0')), /statement_timeout 0 ms, .*; exit 0$/);
const check = (options) => runbook('check-migrations-have-limits-of-their-own', { MIGRATION_URL: url(options).DATABASE_URL });
shows('check, that of requests', await check('-c statement_timeout=5000'), 'statement_timeout 5s, lock_timeout 0; exit 1');
shows('check, of their own', await check('-c statement_timeout=0 -c lock_timeout=2000'), 'statement_timeout 0, lock_timeout 2s; exit 0');

await admin.query('BEGIN; LOCK TABLE orders');
const blocked = await connect();
const { rows: [{ pid: blocker }] } = await admin.query('SELECT pg_backend_pid() AS pid');
const waits = said(blocked, 'SELECT * FROM orders');
await untilWaiting(await connect(), 1);
const other = await connect();
await new Promise((resolve) => { setTimeout(resolve, 1100); });
shows('what it does', await runbook('diagnosis-2'), new RegExp(`^session \\d+, \\d+ s, waits for session ${blocker}: SELECT \\* FROM orders; exit 0$`));
shows('end the blocker', await runbook('mitigation-1', { BLOCKER: String(blocker) }), 't; exit 0');
shows('the statement', await waits, 'ok');
shows('nothing is long', await runbook('diagnosis-2'), 'nothing; exit 0');
await other.query('SELECT 1');
writeFileSync('since.log', 'ERROR:  canceling statement due to statement timeout\n');
shows('verification, errors', await runbook('verification-1', { LOG: 'since.log' }), '1; exit 0');
writeFileSync('since.log', 'GET / 200\n');
shows('verification, none', await runbook('verification-1', { LOG: 'since.log' }), '0; exit 1');
await disconnect().catch(() => {});
process.exit(0);
