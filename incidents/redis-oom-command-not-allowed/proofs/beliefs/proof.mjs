// What is believed. More memory: the same cache fills twice as much. A policy for eviction: volatile-lru
// evicts keys with an expiry alone, and there are none. To flush: the jobs of the queue go with the cache.
import { said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';
import { fill, limited } from '../shared/full.mjs';

const { client } = await limited();
shows('3 MB', await fill(client), /^OOM/);
shows('twice the memory', await said(client.config('SET', 'maxmemory', '6mb')), 'OK');
shows('the queue', await said(client.rpush('queue:mails', 'job 2')), '2');
shows('6 MB', await fill(client), /^OOM/);

const volatile = await limited('volatile-lru');
shows('with volatile-lru', await fill(volatile.client), /^OOM/);
shows('keys that may be evicted', (await volatile.client.info('keyspace')).match(/expires=(\d+)/)[1], '0');

shows('FLUSHALL', await said(client.flushall()), 'OK');
shows('jobs in the queue', await client.llen('queue:mails'), '0');
process.exit(0);
