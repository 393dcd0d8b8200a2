// What is believed. Without the check, writes are accepted and are gone after the next crash. To flush
// is a write, too: it is refused. A restart takes what was written since the last snapshot with it, and
// does not make the disk writable.
import { mkdirSync, rmdirSync } from 'node:fs';
import { connect, said } from '../helpers/redis.mjs';
import { shows, until } from '../helpers/runbook.mjs';
import { broken } from '../shared/broken.mjs';

const { server, client } = await broken();
shows('FLUSHALL', await said(client.flushall()), /^MISCONF /);
shows('without the check', await said(client.config('SET', 'stop-writes-on-bgsave-error', 'no')), 'OK');
shows('a write', await said(client.set('order', '1')), 'OK');
await server.crash();
rmdirSync(`${server.data}/dump.rdb`); // Redis does not start with it
await server.start();
mkdirSync(`${server.data}/dump.rdb`);
const again = connect(server);
shows('that write after a crash', await said(again.exists('order')), '0');
await again.set('next', '1');
await again.bgsave();
await until(async () => (await again.info('persistence')).includes('rdb_last_bgsave_status:err'), 'the snapshot did not fail');
shows('a write after the restart, when the next snapshot has failed', await said(again.set('order', '1')), /^MISCONF /);
process.exit(0);
