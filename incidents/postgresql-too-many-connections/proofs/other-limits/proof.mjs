// Look-alikes with the same code 53300: the limit of a role and that of a database. The server has
// room, and a higher max_connections would change nothing.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { release } from '../shared/release.mjs';

const server = await cluster(['max_connections = 20', 'superuser_reserved_connections = 3', 'max_wal_senders = 0']);
const admin = new pg.Client({ connectionString: server.url() });
await admin.connect();
await admin.query('CREATE ROLE app LOGIN CONNECTION LIMIT 3');
// One after another: of four at once, the server may refuse two, since each counts those that still begin.
const sessions = Array.from({ length: 3 }, () => new pg.Client({ connectionString: server.url('app') }));
for (const session of sessions) await session.connect();
const role = await release(server.url('app'), 1, 1);
shows('limit of the role', role.errors[0], '53300 too many connections for role "app"');
const { rows: [used] } = await admin.query("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'");
shows('connections that the server has, of 20', used.count, '4');
await Promise.all([role, ...sessions].map((one) => one.end()));
await admin.query('ALTER ROLE app CONNECTION LIMIT -1');
await admin.query('ALTER DATABASE postgres CONNECTION LIMIT 3');
const base = await release(server.url('app'), 1, 4);
shows('limit of the database', base.errors[0], '53300 too many connections for database "postgres"');
await base.end();
await admin.end();
await server.stop();
