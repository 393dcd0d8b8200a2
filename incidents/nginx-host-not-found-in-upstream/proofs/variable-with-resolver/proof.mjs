// The fix: with a variable and a resolver, nginx starts without the name, and finds it when it is there.
import { freePort } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { application, names, proxy } from '../shared/sites.mjs';

const [shop, other, half] = [await freePort(), await freePort(), await freePort()];
const [api, known] = [await application('api'), new Set()];
const resolver = await names(known);
const nginx = proxy({
  shop: `server { listen 127.0.0.1:${shop}; location / { return 200 shop; } }`,
  other: `server {
    listen 127.0.0.1:${other}; resolver 127.0.0.1:${resolver} valid=1s ipv6=off;
    location / { set $api http://api.test:${api}; proxy_pass $api; }
  }`,
  half: `server { listen 127.0.0.1:${half}; location / { set $api http://api.test:${api}; proxy_pass $api; } }`,
});
shows('nginx without the application', await nginx.start(), 'started');
shows('the other site', await nginx.ask(shop), '200 shop');
shows('its site', await nginx.ask(other), '502');
shows('in the log', /api\.test could not be resolved \(3: Host not found\)/.exec(nginx.errors())?.[0], 'api.test could not be resolved (3: Host not found)');
shows('a variable without a resolver', await nginx.ask(half), '502');
shows('in the log', /no resolver defined to resolve api\.test/.exec(nginx.errors())?.[0], 'no resolver defined to resolve api.test');
known.add('api.test');
let answer;
for (const limit = Date.now() + 15000; (answer = await nginx.ask(other)) !== '200 api' && Date.now() < limit;) await new Promise((r) => { setTimeout(r, 50); });
shows('its site when the application is there, without a reload', answer, '200 api');
process.exit(0);
