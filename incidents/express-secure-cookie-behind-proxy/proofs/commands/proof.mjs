// The commands of the runbook, through a real nginx with TLS: which cookie comes, and what the proxy
// says about the connection.
import { application, site } from '../shared/site.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const ask = async (behind) => {
  const values = { URL: `${behind.url}/login`, NGINX_CONF: behind.config, CURL_CA_BUNDLE: behind.certificate };
  return Promise.all(['diagnosis-1', 'diagnosis-2', 'verification-1', 'check-session-cookie-is-set'].map((name) => runbook(name, values)));
};
const [loop, header, , check] = await ask(await site(application().app));
shows('the loop', loop, 'nothing; exit 1');
shows('what the proxy says', header, /X-Forwarded-Proto \$scheme;.*; exit 0$/);
shows('check', check, 'nothing; exit 1');
shows('a proxy that says nothing', (await ask(await site(application({ trustProxy: 1 }).app, [])))[1], 'nothing; exit 1');
const [, , mended, checked] = await ask(await site(application({ trustProxy: 1 }).app));
shows('mended', mended, /^set-cookie: connect\.sid=\.\.\.; Path=\/; HttpOnly; Secure; exit 0$/i);
shows('check when mended', checked, /Secure; exit 0$/);
const [, , insecure] = await ask(await site(application({ cookie: { secure: false } }).app));
shows('without secure', insecure, 'nothing; exit 1');
process.exit(0);
