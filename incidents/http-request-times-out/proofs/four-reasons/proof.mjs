// Four reasons for one error: nobody answers the connection, nobody answers the request, 0.25 s for each of several
// addresses, and a process that was busy itself while the answer lay there.
import net from 'node:net';
import { asked, askedWhileBusy, service } from '../shared/service.mjs';
import { shows } from '../helpers/runbook.mjs';

const one = await service();
shows('it answers', await asked(one.url, 2000), '200');
shows('connected, and silent', await asked(`${one.url}silent`, 300), 'TimeoutError');
const before = await one.answered();
shows('it answers, and this process computes meanwhile', await askedWhileBusy(one.url, 300, 900), 'TimeoutError');
shows('the service had answered', Number(await one.answered()) - Number(before), '1');
await one.swallow();
shows('swallowed', await asked(one.url, 300), 'TimeoutError');

// A name with two addresses, of which the first needs a second to answer. Node.js gives each of them 0.25 s.
const lookup = (host, options, done) => done(null, [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }]);
const connect = (options) => new Promise((resolve) => {
  const socket = net.connect({ host: 'service.example', port: one.port, lookup, autoSelectFamily: true, ...options });
  setTimeout(one.pass, 600);
  socket.once('connect', () => { socket.destroy(); resolve('connected'); });
  socket.once('error', (error) => resolve(`${error.name}: ${(error.errors ?? [error]).map((each) => each.code).join(' ')}`));
});
shows('two addresses, 0.25 s for each', await connect({ autoSelectFamilyAttemptTimeout: 250 }), /^AggregateError: ETIMEDOUT E/);
one.pass();
await one.answered();
await one.swallow();
shows('two addresses, 5 s for each', await connect({ autoSelectFamilyAttemptTimeout: 5000 }), 'connected');
one.end();
process.exit(0);
