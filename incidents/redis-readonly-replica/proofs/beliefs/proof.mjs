// What is believed. A replica that takes writes: they never reach the primary, and are gone when the
// replica synchronizes again. REPLICAOF NO ONE there: two primaries, each with its own data.
import { connect, said } from '../helpers/redis.mjs';
import { shows, until } from '../helpers/runbook.mjs';
import { pair } from '../shared/pair.mjs';

const { a: primary, b: replica, first } = await pair();
shows('replica-read-only no', await said(replica.config('SET', 'replica-read-only', 'no')), 'OK');
shows('a write to the replica', await said(replica.set('order', '1')), 'OK');
shows('at the primary', await said(primary.exists('order')), '0');
await replica.replicaof('NO', 'ONE');
await replica.replicaof('127.0.0.1', first.port);
await until(async () => (await replica.info('replication')).includes('master_link_status:up'), 'the replica did not connect');
shows('at the replica after it synchronized', await said(replica.exists('order')), '0');

await replica.replicaof('NO', 'ONE');
const [left, right] = [connect(first), replica];
await left.set('stock', '9');
await right.set('stock', '3');
shows('two primaries', `${await left.get('stock')} and ${await right.get('stock')}`, '9 and 3');
process.exit(0);
