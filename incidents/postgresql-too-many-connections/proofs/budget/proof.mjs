// The check and the verification, against what really happens: they say "fits" when both releases
// get all their connections, and "too many" when one does not.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { release, runbook } from '../shared/release.mjs';

const server = await cluster(['max_connections = 20', 'superuser_reserved_connections = 3', 'max_wal_senders = 0']);
const admin = new pg.Client({ connectionString: server.url() });
await admin.connect();
await admin.query('CREATE ROLE app LOGIN');
for (const [instances, pool, verdict] of [[2, 4, 'fits'], [1, 8, 'fits'], [2, 5, 'too many'], [2, 8, 'too many']]) {
  const values = { DATABASE_URL: server.url(), APP_ROLE: 'app', INSTANCES: `${instances}`, POOL_MAX: `${pool}` };
  const said = runbook('check-connections-fit-twice.sh', values);
  const both = [await release(server.url('app'), instances, pool), await release(server.url('app'), instances, pool)];
  const failed = both.flatMap(({ errors }) => errors).length;
  await Promise.all(both.map((one) => one.end()));
  shows(`${instances} instances x pool ${pool}`, `${said}; really: ${failed ? 'errors' : 'no errors'}`,
    new RegExp(`^${verdict}[^;]*; really: ${verdict === 'fits' ? 'no errors' : 'errors'}$`));
}
const two = await release(server.url('app'), 2, 4);
shows('verification', runbook('verification-1.sh', { DATABASE_URL: server.url() }), /^9 of 17 used, 8 left$/);
await two.end();
const full = await release(server.url('app'), 2, 8);
shows('verification when nothing is left', runbook('verification-1.sh', { DATABASE_URL: server.url() }), /^17 of 17 used, 0 left$/);
await full.end();
await admin.end();
await server.stop();
