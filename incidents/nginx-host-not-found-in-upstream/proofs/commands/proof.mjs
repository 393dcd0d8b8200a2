// The commands of the runbook, on nginx's own files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { freePort } from '../helpers/ports.mjs';
import { proxy } from '../shared/sites.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const port = await freePort();
const API = `server { listen 127.0.0.1:${port}; location / { proxy_pass http://api.invalid:3000/v1; } } # http://old.invalid`;
const nginx = proxy({
  shop: `upstream app { server localhost:3000; server 127.0.0.1:3001; }
    server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; } location /s { proxy_pass http://unix:/run/s; } }`,
  api: API,
});
const values = { CONF: nginx.home, NGINX_CONF: nginx.conf, SITE_FILE: `${nginx.home}/conf.d/api.conf` };
const look = () => runbook('diagnosis-1', values);
shows('names', await look(), '127.0.0.1: found and api.invalid: not found and localhost: found; exit 0');
shows('test before', await runbook('verification-1', values), 'nothing; exit 1');
shows('take the site out', await runbook('mitigation-1', values), 'nothing; exit 0');
shows('names after that', await look(), '127.0.0.1: found and localhost: found; exit 0');
shows('test after that', await runbook('verification-1', values), 'nothing; exit 0');
shows('put it back', await runbook('mitigation-1-rollback', values), 'nothing; exit 0');
shows('test with it', await runbook('verification-1', values), 'nothing; exit 1');

mkdirSync('nginx');
const check = (text) => {
  writeFileSync('nginx/site.conf', text);
  return runbook('check-no-host-is-needed-at-the-start', { NEW_CONF: 'nginx' });
};
shows('check, fault', await check('location / {\n  proxy_pass http://api:3000;\n}\n'), 'nginx/site.conf:2: api; exit 1');
shows('check, a group', await check('upstream app {\n  server api:3000;\n}\nserver {\n  location / { proxy_pass http://app; }\n}\n'), 'nginx/site.conf:2: api; exit 1');
shows('check, fixed', await check('location / {\n  set $api http://api:3000;\n  proxy_pass $api;\n}\n'), 'nothing; exit 0');
shows('check, local', await check('upstream app {\n  server 127.0.0.1:3000;\n}\nlocation / {\n  proxy_pass http://app;\n}\n'), 'nothing; exit 0');
process.exit(0);
