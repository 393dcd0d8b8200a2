// After a failover, a connection that is still open leads to the old primary, which is a replica now:
// reads work, and writes are refused, for as long as the connection lives.
import { connect, said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';
import { pair } from '../shared/pair.mjs';

const { address, failover, b } = await pair();
const client = connect(address);
shows('before', await said(client.set('order', '1')), 'OK');
await failover();
shows('after the failover, a write', await said(client.set('order', '2')), "READONLY You can't write against a read only replica.");
shows('a write in a script', await said(client.eval("return redis.call('SET', 'order', '2')", 0)), /READONLY/);
shows('a transaction', await said(client.multi().set('order', '2').exec()), /^EXECABORT/);
shows('a read', await said(client.get('order')), '1');
shows('at the new primary', await said(b.set('order', '2')), 'OK');
const fresh = connect(address);
shows('a new connection to the same address', await said(fresh.set('order', '3')), 'OK');
shows('the old connection, still', await said(client.set('order', '4')), /^READONLY/);
process.exit(0);
