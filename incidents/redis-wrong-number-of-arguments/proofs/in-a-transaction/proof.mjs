// What is believed: only the one command is lost. The server discards the whole transaction.
import { connect, redis, said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = connect(await redis());
await client.set('stock', '5');
const order = (keys) => client.multi().decr('stock').rpush('orders', 'order 1').del(...keys).exec().then(
  (results) => `done, ${results.length} commands`, (error) => error.message.replace(/\..*/, ''));
shows('with an empty list', await order([]), 'EXECABORT Transaction discarded because of previous errors');
shows('stock', await client.get('stock'), '5');
shows('orders', await said(client.llen('orders')), '0');
shows('with a list', await order(['cache:1']), 'done, 3 commands');
shows('stock', await client.get('stock'), '4');
process.exit(0);
