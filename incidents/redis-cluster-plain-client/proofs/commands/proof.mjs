// The commands of the runbook, on a cluster, on one without all of its slots, and on a single Redis.
import { nodes, ready } from '../shared/cluster-of-redis.mjs';
import { redis } from '../helpers/redis.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const made = await nodes([0, 16383]);
await ready(made);
const at = (server) => ({ REDIS_URL: server.url });
const whole = at(made[0].server);
shows('a cluster', await runbook('diagnosis-1', whole), /^cluster_enabled:1 and cluster_state:ok and .*cluster_slots_ok:16384 .*; exit 0$/);
shows('slots', await runbook('diagnosis-2', { ...whole, KEYS_IN_COMMAND: 'user:7:name user:7:cart' }), /^user:7:name: slot \d+ and user:7:cart: slot \d+; exit 0$/);
const tagged = await runbook('diagnosis-2', { ...whole, KEYS_IN_COMMAND: '{user:7}:name {user:7}:cart' });
shows('slots with a hash tag', new Set(tagged.match(/slot \d+/g)).size, '1');
shows('verification', await runbook('verification-1', whole), 'cluster_state:ok and cluster_slots_ok:16384; exit 0');
shows('no refusals', await runbook('verification-2', whole), 'nothing refused in 3 s; exit 0');
const plain = setInterval(() => made[0].client.mget('a', 'b').catch(() => {}), 20);
shows('a client that is refused', await runbook('verification-2', whole), /^before: .* and after: .*errorstat_CROSSSLOT:count=\d+; exit 1$/);
clearInterval(plain);
const half = await nodes([0, 8191]);
shows('half of the slots', await runbook('check-cluster-serves-all-slots', at(half[0].server)), 'cluster_state:fail and cluster_slots_ok:8192; exit 0');
shows('a single Redis', await runbook('diagnosis-1', at(await redis())), /^cluster_enabled:0; exit 1$/);
process.exit(0);
