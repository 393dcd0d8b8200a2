// The popular advice, tried: another node, one node for all, and trying again.
import { nodes, ready } from '../shared/cluster-of-redis.mjs';
import { said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';

const made = await nodes([0, 8191], [8192, 16383]);
await ready(made);
const [first, second] = made.map(({ client }) => client);
const keys = Array.from({ length: 20 }, (_, n) => `key:${n}`);
const moved = async (client) => {
  const answers = await Promise.all(keys.map((key) => said(client.get(key))));
  return keys.filter((_, n) => answers[n].startsWith('MOVED'));
};
const [here, there] = [await moved(first), await moved(second)];
shows('MOVED at the first node', here.length > 0 ? 'some' : 'none', 'some');
shows('MOVED at the other node', there.length > 0 ? 'some' : 'none', 'some');
shows('at both together', here.length + there.length, '20');
const again = [];
for (let n = 0; n < 10; n += 1) again.push(await said(first.get(here[0])));
shows('the same key ten times', [...new Set(again)].join(), /^MOVED \d+ [\d.]+:\d+$/);

const single = await nodes([0, 16383]);
await ready(single);
shows('one node for all, one key', await said(single[0].client.set('a', '1')), 'OK');
shows('one node for all, two keys', await said(single[0].client.mget('a', 'b')), /^CROSSSLOT/);
process.exit(0);
