// Node.js closes an idle connection. Before nginx hears of it, nginx sends a request on it. A POST
// fails with 502 and never reaches the application; a GET is repeated by nginx on a new connection.
import { shows } from '../helpers/runbook.mjs';
import { application, network, nginx } from '../shared/proxy.mjs';

const app = await application(1);
const proxy = await nginx([await network(app.port)]);
for (const [method, expected] of [['POST', '502'], ['GET', '200'], ['POST', '502']]) {
  shows('a first request', await proxy.ask('GET'), '200');
  await app.closed();
  const before = app.requests;
  shows(`${method} while the close is on its way`, await proxy.ask(method), expected);
  if (expected === '502') shows('requests that reached the application', app.requests - before, '0');
}
shows('in the log', proxy.errors().match(/upstream prematurely closed connection while reading response header from upstream|recv\(\) failed \(104: Connection reset by peer\) while reading response header from upstream/)?.[0], /upstream$/);

const plain = await nginx([await network(app.port)], []);
await plain.ask('GET');
await app.closed();
shows('POST without keepalive in nginx', await plain.ask('POST'), '200');
process.exit(0);
