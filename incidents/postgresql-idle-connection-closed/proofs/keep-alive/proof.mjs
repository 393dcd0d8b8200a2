// The popular advice, tried: `keepAlive: true`. It keeps the way open, and is no query: the server's limit for idle sessions ends the
// session all the same. And a larger pool: more connections that are idle, and each is closed.
import pg from 'pg';
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const admin = await connect();
const sessions = async () => (await admin.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")).rows[0].n;
const settings = { connectionString: process.env.DATABASE_URL, options: '-c idle_session_timeout=200', idleTimeoutMillis: 60000, keepAlive: true, keepAliveInitialDelayMillis: 10 };
for (const max of [1, 8]) {
  const pool = new pg.Pool({ ...settings, max });
  const messages = [];
  pool.on('error', (error) => messages.push(error.message));
  await Promise.all(Array.from({ length: max }, () => pool.query('SELECT pg_sleep(0.05)')));
  for (let tries = 0; await sessions() > 0; tries += 1) { if (tries > 400) throw new Error('they are still open'); await pause(10); }
  for (let tries = 0; messages.length < max && tries < 100; tries += 1) await pause(10);
  shows(`keepAlive, ${max} connections`, `${messages.length} ended: ${[...new Set(messages)].join()}`, `${max} ended: terminating connection due to idle-session timeout`);
  await pool.end();
}
await disconnect();
