// A cache without expiry fills the memory of Redis: commands that need memory are refused, for the
// queue beside it, too. Reads work, and deleting makes room at once.
import { said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';
import { fill, limited } from '../shared/full.mjs';

const { client } = await limited();
shows('the cache', await fill(client), "OOM command not allowed when used memory > 'maxmemory'.");
shows('the queue', await said(client.rpush('queue:mails', 'job 2')), /^OOM command not allowed/);
shows('in a script', await said(client.eval("return redis.call('RPUSH', KEYS[1], 'job 2')", 1, 'queue:mails')), /OOM .*not allowed when used memory > 'maxmemory'/);
shows('a read', await said(client.lrange('queue:mails', 0, -1)), 'job 1');
for (let page = 0; page < 2000; page += 1) await client.unlink(`cache:page:${page}`);
shows('the queue after some of the cache is deleted', await said(client.rpush('queue:mails', 'job 2')), '2');
process.exit(0);
