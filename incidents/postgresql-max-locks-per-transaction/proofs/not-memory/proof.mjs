// The popular advice, tried: more memory. With sixteen times the shared_buffers and more work_mem the
// transaction fails as before; with a larger max_locks_per_transaction it succeeds. A reload is not
// enough for that setting.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

const server = await cluster(['max_connections = 10', 'max_locks_per_transaction = 10', 'autovacuum = off']);
const run = async (...statements) => {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    let rows;
    for (const sql of statements) ({ rows } = await client.query(sql));
    return rows?.length ? Object.values(rows[0]).join('|') : 'ok';
  } catch (error) {
    return `${error.code} ${error.message}`;
  } finally {
    await client.end();
  }
};
for (let batch = 0; batch < 30; batch += 1) {
  await run(Array.from({ length: 50 }, (_, i) => `CREATE TABLE t${batch * 50 + i} (id int)`).join('; '));
}
const WORK = `LOCK TABLE ${Array.from({ length: 1500 }, (_, i) => `t${i}`).join(', ')}`;
const work = () => run('BEGIN', WORK, 'COMMIT');
shows('shared_buffers 4MB', await work(), '53200 out of shared memory');
await run("ALTER SYSTEM SET shared_buffers = '64MB'");
await run("ALTER SYSTEM SET work_mem = '256MB'");
await server.stop();
await server.start();
shows('settings', `${await run('SHOW shared_buffers')}, ${await run('SHOW work_mem')}`, '64MB, 256MB');
shows('shared_buffers 64MB, work_mem 256MB', await work(), '53200 out of shared memory');
await run('ALTER SYSTEM SET max_locks_per_transaction = 256');
await run('SELECT pg_reload_conf()');
shows('max_locks_per_transaction 256, reloaded', await work(), '53200 out of shared memory');
await server.stop();
await server.start();
shows('max_locks_per_transaction 256, restarted', await work(), 'ok');
await server.stop();
