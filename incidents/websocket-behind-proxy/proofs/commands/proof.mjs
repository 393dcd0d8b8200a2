// The commands of the runbook, on a real nginx that passes the headers on, and on one that does not.
import { mkdirSync, writeFileSync } from 'node:fs';
import { nginx } from '../helpers/nginx.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { UPGRADE, application } from '../shared/sockets.mjs';

const app = await application();
const front = (lines) => nginx(`location / { ${lines} proxy_pass http://127.0.0.1:${app.port}; }`);
const as_is = await front('');
const mended = await front(`${UPGRADE} proxy_read_timeout 300ms;`);
const ask = (file, proxy) => runbook(file, { SITE_URL: `${proxy.url}/live`, APP_URL: `http://127.0.0.1:${app.port}/live`, WAIT: '1', CONF: 'conf' });
shows('as it is', await ask('diagnosis-1', as_is), 'through the proxy: 200 and the application: 101; exit 1');
shows('mended', await ask('diagnosis-1', mended), 'through the proxy: 101 and the application: 101; exit 0');
for (const file of ['verification-1', 'check-handshake-passes-the-proxy']) shows(`${file}, fault`, await ask(file, as_is), '200; exit 1');
shows('verification, mended', await ask('verification-1', mended), '101; exit 0');
shows('closed when quiet', await ask('diagnosis-2', mended), /^closed after [0-9]+ s; exit 1$/);
shows('stays open', await ask('diagnosis-2', { ...mended, url: `http://127.0.0.1:${app.port}` }), /^open after [1-9][0-9]* s; exit 0$/);
shows('no WebSocket', await ask('diagnosis-2', as_is), 'no WebSocket: 200; exit 2');
mkdirSync('conf');
writeFileSync('conf/site.conf', 'location /live { proxy_set_header Upgrade $http_upgrade; proxy_pass http://app; }\n');
shows('check of nginx, fault', await ask('check-upgrade-has-its-other-lines', as_is), 'conf/site.conf: Upgrade without proxy_http_version 1.1 and conf/site.conf: Upgrade without Connection; exit 1');
writeFileSync('conf/site.conf', `location /live { ${UPGRADE} proxy_pass http://app; }\n`);
shows('check of nginx, fixed', await ask('check-upgrade-has-its-other-lines', as_is), 'nothing; exit 0');
process.exit(0);
