// The commands of the runbook on a full server: memory, policy and keys without expiry, more memory for
// now, and a part of the cache that is deleted.
import { said } from '../helpers/redis.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { fill, limited } from '../shared/full.mjs';

const { server, client } = await limited('volatile-lru');
await fill(client);
const values = { REDIS_URL: server.url, PATTERN: 'cache:page:*', MAXMEMORY: '4mb', MAXMEMORY_BEFORE: '3mb' };
shows('the memory', await runbook('diagnosis-1', values), /^used_memory:\d+ and maxmemory:3145728 and maxmemory_policy:volatile-lru; exit 0$/);
shows('keys without expiry', await runbook('diagnosis-2', values), /^db0: \d+ keys, \d+ without expiry; exit 0$/);
shows('more memory', await runbook('mitigation-1', values), 'OK; exit 0');
shows('the queue', await said(client.rpush('queue:mails', 'job 2')), '2');
shows('the memory of before', await runbook('mitigation-1-rollback', values), 'OK; exit 0');
shows('the queue', await said(client.rpush('queue:mails', 'job 3')), /^OOM/);
shows('how full', await runbook('verification-1', values), /^(?:9\d|10\d) % of maxmemory; exit 0$/);
shows('pages deleted', await runbook('mitigation-2', values), /^[1-9]\d+; exit 0$/);
shows('the queue', await said(client.rpush('queue:mails', 'job 3')), '3');
shows('jobs', await said(client.lrange('queue:mails', 0, -1)), 'job 1,job 2,job 3');
shows('check', await runbook('check-room-in-memory', values), /^[1-7]?\d % of maxmemory; exit 0$/);
process.exit(0);
