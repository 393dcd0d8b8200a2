// The mitigation: sessions of the old release that do nothing are ended, and the new one connects.
// Sessions of other roles, and those at work, stay.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { release, runbook } from '../shared/release.mjs';

const server = await cluster(['max_connections = 20', 'superuser_reserved_connections = 3', 'max_wal_senders = 0']);
const admin = new pg.Client({ connectionString: server.url() });
await admin.connect();
await admin.query('CREATE ROLE app LOGIN');
await admin.query('CREATE ROLE reports LOGIN');
const reports = await release(server.url('reports'), 1, 1);
const old = await release(server.url('app'), 2, 7);
const next = await release(server.url('app'), 2, 4);
shows('before', next.errors.find((error) => error.includes('remaining')), /^53300 remaining/);
await next.end();
// A session ends a moment after the server was told to end it.
const idle = () => admin.query("SELECT FROM pg_stat_activity WHERE usename = 'app' AND state = 'idle'");
const ended = async () => { while ((await idle()).rows.length) await new Promise((resolve) => { setTimeout(resolve, 5); }); };
const values = { DATABASE_URL: server.url(), APP_ROLE: 'app' };
shows('sessions idle for 5 minutes', runbook('mitigation-1.sh', { ...values, IDLE_SECONDS: '300' }), '0');
const busy = new pg.Client({ connectionString: server.url('app') });
shows('sessions idle for 0 seconds', runbook('mitigation-1.sh', { ...values, IDLE_SECONDS: '0' }), '14');
await ended();
await busy.connect();
const work = busy.query('SELECT pg_sleep(1)').then(() => 'finished', (error) => error.message);
const begun = () => admin.query("SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1)' AND state = 'active'");
while (!(await begun()).rows.length) await new Promise((resolve) => { setTimeout(resolve, 5); });
runbook('mitigation-1.sh', { ...values, IDLE_SECONDS: '0' });
await ended();
shows('a query at work', await work, 'finished');
const again = await release(server.url('app'), 2, 4);
shows('after', `${again.errors.length} errors`, '0 errors');
shows('sessions of other roles', (await admin.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'reports'")).rows[0].count, '1');
await Promise.all([again.end(), old.end(), reports.end(), busy.end()]);
await admin.end();
await server.stop();
