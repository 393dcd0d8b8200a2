// The fix: keys of a cache expire, and volatile-lru evicts only those. 1000 pages of a cache that is
// far too large go in, and the queue keeps its job. With allkeys-lru, the queue loses it.
import { said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';
import { fill, limited } from '../shared/full.mjs';

const mended = await limited('volatile-lru');
shows('1000 pages with an expiry', await fill(mended.client, { seconds: 60, most: 1000, characters: 10_000 }), 'OK');
shows('pages that were evicted', (await mended.client.info('stats')).match(/evicted_keys:(\d+)/)[1] > 0 ? 'some' : 'none', 'some');
shows('the queue', await said(mended.client.rpush('queue:mails', 'job 2')), '2');

const all = await limited('allkeys-lru');
shows('allkeys-lru, 3000 pages', await fill(all.client, { most: 3000, characters: 10_000 }), 'OK');
shows('allkeys-lru, jobs in the queue', await all.client.llen('queue:mails'), '0');
process.exit(0);
