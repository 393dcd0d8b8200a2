// The server ends a session that was idle for too long, and a proxy closes or resets a connection. A client that is held says so
// at its next query; a pool opens a new connection. A pool that closes first never sees it.
import pg from 'pg';
import postgres from 'postgres';
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ended, prisma, way } from '../shared/clients.mjs';

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const LIMITED = '-c idle_session_timeout=150';
const admin = await connect();
await admin.query('CREATE TABLE users (id int PRIMARY KEY)');
const sessions = async () => (await admin.query("SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")).rows[0].n;
const until = async (count) => { for (let tries = 0; await sessions() !== count; tries += 1) { if (tries > 400) throw new Error(`not ${count} sessions`); await pause(10); } };

const held = new pg.Client({ connectionString: process.env.DATABASE_URL, options: LIMITED });
let reason;
held.on('error', (error) => { reason ??= error.message; });
await held.connect();
await until(0);
await pause(20);
shows('a client that is held, idle for too long', await ended(held.query('SELECT 1')), 'no code Client has encountered a connection error and is not queryable');
shows('and when it is tried again', await ended(held.query('SELECT 1')), 'no code Client has encountered a connection error and is not queryable');
shows('its event', reason, 'terminating connection due to idle-session timeout');

const errors = { long: 0, short: 0 };
const pools = { long: 10000, short: 50 };
for (const [name, idleTimeoutMillis] of Object.entries(pools)) {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, options: LIMITED, idleTimeoutMillis });
  pool.on('error', () => { errors[name] += 1; });
  await pool.query('SELECT 1');
  await until(0);
  await pause(20);
  shows(`a pool, idleTimeoutMillis ${idleTimeoutMillis}`, await ended(pool.query('SELECT 1')), 'ok');
  await pool.end();
}
shows('errors of the pools', `${errors.long} with the longer limit, ${errors.short} with the shorter one`, '1 with the longer limit, 0 with the shorter one');

const { settings, url, close, resetNext, end } = await way();
const client = await prisma(url);
shows('Prisma', await ended(client.users.count()), 'ok');
resetNext();
shows('Prisma, the connection is reset', await ended(client.users.count()), 'P1017 Server has closed the connection.');
shows('Prisma, again', await ended(client.users.count()), 'ok');
await client.$disconnect();

const sql = postgres({ ...settings, max: 1 });
await sql`SELECT 1`;
const reserved = sql`SELECT pg_sleep(5)`;
const answer = ended(reserved.then((value) => value));
for (let tries = 0; !(await admin.query("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(5)%' AND state = 'active' AND datname = current_database()")).rowCount; tries += 1) await pause(5);
close();
shows('postgres.js, in a query', await answer, /^CONNECTION_CLOSED write CONNECTION_CLOSED 127\.0\.0\.1:\d+$/);
shows('postgres.js, again', await ended(sql`SELECT 1`.then((value) => value)), 'ok');
end();
await disconnect();
process.exit(0);
