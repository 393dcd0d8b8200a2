// A server that cannot write its snapshot: a folder stands where the file belongs. Whatever the reason,
// a full disk, a missing right or a lost mount, Redis only knows that it failed.
import { mkdirSync, rmSync, rmdirSync } from 'node:fs';
import { connect, redis } from '../helpers/redis.mjs';
import { until } from '../helpers/runbook.mjs';

/** Start such a server after one good snapshot; return it, a client, and how to mend it. */
export async function broken() {
  const server = await redis({ save: '3600 1' });
  const client = connect(server);
  await client.set('before', '1');
  await client.save();
  rmSync(`${server.data}/dump.rdb`);
  mkdirSync(`${server.data}/dump.rdb`);
  const status = async () => (await client.info('persistence')).match(/rdb_last_bgsave_status:(\w+)/)[1];
  await client.bgsave();
  await until(async () => (await status()) === 'err', 'the snapshot did not fail');
  const mend = async () => {
    rmdirSync(`${server.data}/dump.rdb`);
    await client.bgsave();
    await until(async () => (await status()) === 'ok', 'the snapshot did not succeed');
  };
  return { server, client, status, mend };
}
