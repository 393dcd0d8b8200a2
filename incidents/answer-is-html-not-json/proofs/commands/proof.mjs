// The commands of the runbook, on a real nginx with a fallback and without.
import { runbook, shows } from '../helpers/runbook.mjs';
import { release, site } from '../shared/site.mjs';

release('first');
const one = await site();
const mended = await site('location /assets/ { try_files $uri =404; }');
const ask = async (file, url) => (await runbook(file, { URL: url, API_URL: url, ASSETS_URL: url })).replace(/http:\/\/127\.0\.0\.1:[0-9]+/g, 'SITE');
shows('right', await ask('diagnosis-1', `${one.url}/api/orders`), '200 application/json, 0 redirects, from SITE/api/orders and {"orders":[]}; exit 0');
shows('a page', await ask('diagnosis-1', `${one.url}/orders`), /^200 text\/html, 0 redirects, from SITE\/orders and <!DOCTYPE html> .*; exit 1$/);
shows('a login', await ask('diagnosis-1', `${one.url}/api/private`), /^200 text\/html, 1 redirects, from SITE\/login and <!DOCTYPE html> .*; exit 1$/);
for (const file of ['verification-1', 'check-api-answers-json']) {
  shows(`${file}, fault`, await ask(file, `${one.url}/orders`), '200 text/html; exit 1');
  shows(`${file}, mended`, await ask(file, `${one.url}/api/orders`), '200 application/json; exit 0');
}
shows('check of scripts, fault', await ask('check-missing-script-is-404', `${one.url}/assets/`), '200 text/html; exit 1');
shows('check of scripts, mended', await ask('check-missing-script-is-404', `${mended.url}/assets/`), '404 text/html; exit 0');
await one.end();
shows('down', await ask('diagnosis-1', `${one.url}/api/orders`), /^502 text\/html, 0 redirects, from SITE\/api\/orders and <html> .*; exit 1$/);
process.exit(0);
