// The commands of the runbook, on a real nginx in front of a real Express.
import { mkdirSync, writeFileSync } from 'node:fs';
import { nginx } from '../helpers/nginx.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { ORIGIN, api } from '../shared/api.mjs';

const good = await api();
const front = await nginx(`location / { proxy_pass http://127.0.0.1:${good.port}; }`);
const twice = await nginx(`location / { add_header Access-Control-Allow-Origin '*'; proxy_pass http://127.0.0.1:${good.port}; }`);
const ask = (file, port) => runbook(file, { URL: `http://127.0.0.1:${port}/orders`, ORIGIN, METHOD: 'POST', HEADERS: 'authorization,content-type', CONF: 'conf' });
const right = `OPTIONS: 204, allowed: ${ORIGIN} and GET: 401, allowed: ${ORIGIN}; exit 0`;
shows('right', await ask('diagnosis-1', front.port), right);
shows('verification', await ask('verification-1', front.port), right);
shows('check', await ask('check-answers-allow-the-origin', front.port), right);
shows('twice', await ask('diagnosis-1', twice.port), `OPTIONS: 204, allowed: ${ORIGIN} and * and GET: 401, allowed: ${ORIGIN}; exit 1`);
shows('login first', await ask('diagnosis-1', (await api({ loginFirst: true })).port), 'OPTIONS: 401, allowed: nobody and GET: 401, allowed: nobody; exit 1');
await good.end();
shows('down', await ask('verification-1', front.port), 'OPTIONS: 502, allowed: nobody and GET: 502, allowed: nobody; exit 1');
mkdirSync('conf');
writeFileSync('conf/site.conf', "add_header Access-Control-Allow-Origin '*';\n");
shows('check of nginx, fault', await ask('check-header-is-on-errors', 0), "conf/site.conf:1:add_header Access-Control-Allow-Origin '*';; exit 0");
writeFileSync('conf/site.conf', 'add_header Access-Control-Allow-Origin $allowed always;\n');
shows('check of nginx, fixed', await ask('check-header-is-on-errors', 0), 'nothing; exit 1');
process.exit(0);
