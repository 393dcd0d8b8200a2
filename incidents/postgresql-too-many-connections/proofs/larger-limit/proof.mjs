// The popular advice, tried: ALTER SYSTEM changes nothing before a restart of the server, and with
// the doubled limit the same two releases fail as soon as there are twice as many instances. A
// budget holds under the old limit.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { release } from '../shared/release.mjs';

const server = await cluster(['max_connections = 20', 'superuser_reserved_connections = 3', 'max_wal_senders = 0']);
const ask = async (...statements) => {
  const admin = new pg.Client({ connectionString: server.url() });
  await admin.connect();
  let rows;
  for (const sql of statements) ({ rows } = await admin.query(sql));
  await admin.end();
  return rows.map((row) => Object.values(row).join('|')).join(' ');
};
const deploy = async (instances, pool) => {
  const releases = [await release(server.url('app'), instances, pool), await release(server.url('app'), instances, pool)];
  const failed = releases.flatMap(({ errors }) => errors).length;
  await Promise.all(releases.map((one) => one.end()));
  return failed ? 'fails' : 'works';
};

await ask('CREATE ROLE app LOGIN');
shows('max_connections 20, 2 instances x pool 8, both releases', await deploy(2, 8), 'fails');
shows('max_connections 20, 2 instances x pool 4, both releases', await deploy(2, 4), 'works');
await ask('ALTER SYSTEM SET max_connections = 40');
await ask('SELECT pg_reload_conf()');
shows('ALTER SYSTEM SET max_connections = 40, reloaded', await ask(
  "SELECT setting, pending_restart FROM pg_settings WHERE name = 'max_connections'"), /^20\|(true|false)$/);
shows('still, 2 instances x pool 8, both releases', await deploy(2, 8), 'fails');
await server.stop();
await server.start();
shows('max_connections 40 after a restart, 2 instances x pool 8, both releases', await deploy(2, 8), 'works');
shows('max_connections 40, 4 instances x pool 8, both releases', await deploy(4, 8), 'fails');
await server.stop();
