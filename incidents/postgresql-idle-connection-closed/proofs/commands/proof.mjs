// The commands of the runbook: the limits of the server, how long sessions are idle, and pools that keep connections for longer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
const other = await connect();
await other.query('SELECT 1');
const url = (options) => ({ DATABASE_URL: `${process.env.DATABASE_URL}${process.env.DATABASE_URL.includes('?') ? '&' : '?'}options=${encodeURIComponent(options)}` });
shows('limits', await runbook('diagnosis-1', url('-c idle_session_timeout=300000')), /^started .* and idle_session_timeout 300000 ms, from the client.*; exit 0$/);
shows('no limits', await runbook('diagnosis-1', url('-c idle_session_timeout=0')), /idle_session_timeout 0 ms/);
shows('sessions', await runbook('diagnosis-2'), /^\d+ sessions of \w+, idle for up to \d+ s, oldest \d+ s; exit 0$/);
writeFileSync('since.log', 'Error: P1017: Server has closed the connection.\n');
shows('verification, errors', await runbook('verification-1', { LOG: 'since.log' }), '1; exit 0');
writeFileSync('since.log', 'GET / 200\n');
shows('verification, none', await runbook('verification-1', { LOG: 'since.log' }), '0; exit 1');
mkdirSync('src');
for (const [label, text, expected] of [
  ['a client that is held', 'const client = new Client({ connectionString });\n', 'src/db.js:1:const client = new Client({ connectionString });; exit 0'],
  ['connections for ever', 'const pool = new Pool({ connectionString, idleTimeoutMillis: 0 });\n', 'src/db.js:1:const pool = new Pool({ connectionString, idleTimeoutMillis: 0 });; exit 0'],
  ['a pool', 'const pool = new Pool({ connectionString, idleTimeoutMillis: 30000 });\n', 'nothing; exit 1'],
]) {
  writeFileSync('src/db.js', text);
  shows(`check, ${label}`, await runbook('check-idle-connections-are-closed-first', { SOURCE: 'src' }), expected);
}
await admin.query('SELECT 1');
await disconnect();
