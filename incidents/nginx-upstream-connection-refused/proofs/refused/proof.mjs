// Who is refused, and when. 127.0.0.2 stands for the address of the application's container: as there, what
// listens at 127.0.0.1 alone is not reached by it.
import http from 'node:http';
import { nginx } from '../helpers/nginx.mjs';
import { freePort, listening } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { setTimeout as pause } from 'node:timers/promises';

const app = () => http.createServer((request, response) => response.end('done'));
const refused = (proxy) => proxy.errors().match(/connect\(\) failed \(111: Connection refused\) while connecting to upstream|no live upstreams while connecting to upstream/g)?.at(-1);

const loopback = app();
const port = await listening(loopback, '127.0.0.1');
const front = await nginx(`location / { proxy_pass http://127.0.0.2:${port}; }`);
shows('the application, asked where it runs', (await fetch(`http://127.0.0.1:${port}/`)).status, '200');
shows('it listens at 127.0.0.1, through nginx', await front.ask(), '502');
shows('in the log', refused(front), 'connect() failed (111: Connection refused) while connecting to upstream');
await new Promise((resolve) => { loopback.close(resolve); loopback.closeAllConnections(); });
const every = app();
await listening(every, '0.0.0.0', port);
shows('it listens at 0.0.0.0, through nginx', await front.ask(), '200');

const other = await nginx(`location / { proxy_pass http://127.0.0.2:${await freePort()}; }`);
shows('it listens at another port', await other.ask(), '502');

// Several servers in a group: nginx leaves out those that failed, for fail_timeout; 10 s unless it is set.
const ports = [await freePort(), await freePort()];
const group = `upstream app { ${ports.map((one) => `server 127.0.0.1:${one} fail_timeout=2s;`).join(' ')} }`;
const several = await nginx('location / { proxy_pass http://app; }', group);
shows('all servers of a group are down', await several.ask(), '502');
const back = app();
await listening(back, '127.0.0.1', ports[0]);
shows('one is up again, at once', await several.ask(), '502');
shows('in the log', refused(several), 'no live upstreams while connecting to upstream');
let status;
for (const limit = Date.now() + 20000; (status = await several.ask()) === '502' && Date.now() < limit; await pause(50));
shows('one is up again, after fail_timeout', status, '200');
process.exit(0);
