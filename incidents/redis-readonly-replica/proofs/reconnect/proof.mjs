// The fix: on READONLY the client connects again, which leads to the new primary, and sends the command
// once more. The mitigation: connections that the old primary ends come back to the new one.
import { connect, said } from '../helpers/redis.mjs';
import { shows, until } from '../helpers/runbook.mjs';
import { pair } from '../shared/pair.mjs';

const reconnectOnError = (error) => (error.message.includes('READONLY') ? 2 : false);
const { address, failover, a: old, b: primary } = await pair();
const [mended, usual] = [connect(address, { reconnectOnError }), connect(address)];
await mended.set('order', '1');
await usual.set('other', '1');
await failover();
shows('with reconnectOnError, the first write', await said(mended.set('order', '2')), 'OK');
shows('at the new primary', await primary.get('order'), '2');
shows('without it', await said(usual.set('other', '2')), /^READONLY/);
await old.client('KILL', 'TYPE', 'normal');
await until(async () => (await said(usual.set('other', '2'))) === 'OK', 'the client did not come back');
shows('without it, after its connection was ended', await said(usual.set('other', '2')), 'OK');
process.exit(0);
