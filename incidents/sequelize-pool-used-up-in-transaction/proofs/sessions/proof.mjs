// What the database shows in each state, as the step of the diagnosis asks for it: the incident, and
// three look-alikes. Every state is held while the command of the runbook runs.
import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { requests, server } from '../shared/orders.mjs';

const ask = (file = 'diagnosis-1.sh') =>
  execFileSync('bash', [`../../commands/${file}`], { encoding: 'utf8' }).trim().split('\n').join(' and ') || 'no row';

const db = server(3, { acquire: 1500 });
await requests(db, 3, { meanwhile: async () => shows('transactions wait for the pool', ask(), /^idle in transaction\|3\|/) });
await db.close();
shows('after it', ask('verification-1.sh'), 'no row');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2, connectionTimeoutMillis: 300 });
const leaked = [await pool.connect(), await pool.connect()];
const answer = await pool.connect().then(() => 'connected', (error) => error.message);
shows('connections that are not given back', `${ask()}; pg-pool: ${answer}`, /^idle\|2\|.*; pg-pool: timeout exceeded when trying to connect$/);
leaked.forEach((client) => client.release(true));
await pool.end();

const [slow, control] = [await connect(), await connect()];
const sleeping = said(slow, 'SELECT pg_sleep(20)');
const begun = () => control.query("SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)' AND state = 'active'");
while (!(await begun()).rows.length) await new Promise((resolve) => { setTimeout(resolve, 5); });
shows('slow queries', ask(), /^active\|1\|/);
await control.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)'");
await sleeping;
await disconnect();
