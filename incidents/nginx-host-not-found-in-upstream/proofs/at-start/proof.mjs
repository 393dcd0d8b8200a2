// One name that is not found: nginx does not start, for any site. A running nginx refuses the reload,
// and goes on with what it has.
import { writeFileSync } from 'node:fs';
import { freePort } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { application, proxy } from '../shared/sites.mjs';

const [shop, other] = [await freePort(), await freePort()];
const api = await application('shop');
const site = (port, address) => `server { listen 127.0.0.1:${port}; location / { proxy_pass ${address}; } }`;
const nginx = proxy({ shop: site(shop, `http://127.0.0.1:${api}`), other: site(other, 'http://api.invalid:3000') });
const FAULT = 'host not found in upstream "api.invalid"';
shows('one name of two sites is unknown, nginx', await nginx.start(), `exit 1, ${FAULT}`);
shows('the other site', await nginx.ask(shop), 'ECONNREFUSED');
writeFileSync(`${nginx.home}/conf.d/other.conf`, '');
shows('without that site, nginx', await nginx.start(), 'started');
shows('the other site', await nginx.ask(shop), '200 shop');
writeFileSync(`${nginx.home}/conf.d/other.conf`, site(other, 'http://api.invalid:3000'));
shows('reload with the unknown name', nginx.reload(), FAULT);
shows('the other site after that', await nginx.ask(shop), '200 shop');
process.exit(0);
