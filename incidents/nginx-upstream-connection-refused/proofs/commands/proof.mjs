// The commands of the runbook, on the log of a real nginx, and on each way in which the application listens.
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { nginx } from '../helpers/nginx.mjs';
import { freePort, listening } from '../helpers/ports.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const app = () => http.createServer((request, response) => response.end('done'));
const close = (server) => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
const port = await freePort();
const front = await nginx(`location / { proxy_pass http://127.0.0.2:${port}; }`);
const values = { ERROR_LOG: `${front.home}/error.log`, UPSTREAM: `http://127.0.0.2:${port}/`, SITE_URL: `${front.url}/`, SOURCE: 'src' };
const listens = (label, expected) => runbook('diagnosis-3', values).then((text) => shows(label, text.replaceAll(String(port), 'PORT'), expected));

shows('log before', await runbook('diagnosis-1', values), 'nothing; exit 1');
await listens('stopped', /^nobody listens at port PORT; others: .*; exit 1$/);
await front.ask();
await front.ask('/orders?a=b');
shows('log', await runbook('diagnosis-1', values), `2 http://127.0.0.2:${port} (111: Connection refused); exit 0`);
shows('from where nginx runs', await runbook('diagnosis-2', values), /^curl: \(7\) .* and 000; exit 7$/);
shows('verification', await runbook('verification-1', values), '5 502; exit 1');

for (const [address, expected] of [
  ['127.0.0.1', 'PORT: 127.0.0.1, from its own container alone; exit 1'],
  ['0.0.0.0', 'PORT: every address; exit 0'],
]) {
  const server = app();
  await listening(server, address, port);
  await listens(`listens at ${address}`, expected);
  if (address === '0.0.0.0') {
    shows('check', await runbook('check-proxy-reaches-app', values), '200; exit 0');
    shows('from where nginx runs', await runbook('diagnosis-2', values), '200; exit 0');
    shows('verification', await runbook('verification-1', values), '5 200; exit 0');
  }
  await close(server);
}
mkdirSync('src');
writeFileSync('src/server.js', "server.listen(3000, 'localhost');\n");
shows('check of the code, fault', await runbook('check-code-listens-for-others', values), "src/server.js:1:server.listen(3000, 'localhost');; exit 0");
writeFileSync('src/server.js', "server.listen(process.env.PORT, '0.0.0.0');\n");
shows('check of the code, fixed', await runbook('check-code-listens-for-others', values), 'nothing; exit 1');
process.exit(0);
