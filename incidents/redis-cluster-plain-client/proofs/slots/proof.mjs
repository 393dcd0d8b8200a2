// Two nodes with half of the slots each. A plain client reaches half of the keys; the client for clusters
// all of them; and keys of several slots only with a hash tag.
import { cluster, nodes, ready } from '../shared/cluster-of-redis.mjs';
import { said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';

const made = await nodes([0, 8191], [8192, 16383]);
await ready(made);
const plain = made[0].client;
const keys = Array.from({ length: 20 }, (_, n) => `key:${n}`);
const answers = await Promise.all(keys.map((key) => said(plain.set(key, '1'))));
const count = (word) => answers.filter((answer) => answer.startsWith(word)).length;
shows('a plain client, some keys', count('OK') > 0 ? 'OK' : 'none', 'OK');
shows('a plain client, the others', answers.find((answer) => answer !== 'OK'), new RegExp(`^MOVED \\d+ 127\\.0\\.0\\.1:${made[1].server.port}$`));
shows('in all', count('OK') + count('MOVED'), '20');
const right = cluster(made);
const all = await Promise.all(keys.map((key) => said(right.set(key, '1'))));
shows('the client for clusters', [...new Set(all)].join(), 'OK');
shows('two keys', await said(right.mget('user:7:name', 'user:7:cart')), /^CROSSSLOT/);
shows('two keys with a hash tag', await said(right.mget('{user:7}:name', '{user:7}:cart')), ',');
await made[1].server.crash();
let down;
for (const limit = Date.now() + 15000; !/^CLUSTERDOWN/.test(down = await said(plain.get(keys[answers.indexOf('OK')]))) && Date.now() < limit;) await new Promise((r) => { setTimeout(r, 50); });
shows('a node is gone', down, /^CLUSTERDOWN The cluster is down/);
process.exit(0);
