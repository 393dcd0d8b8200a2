// What is believed. The store: it has a session for every login. A cookie without `secure`: it ends the
// loop, and travels over plain HTTP. `trust proxy` true: it believes what every client says of itself.
import { shows } from '../helpers/runbook.mjs';
import { application, logIn, site } from '../shared/site.mjs';

const usual = application();
const behind = await site(usual.app);
for (const attempt of [1, 2, 3]) shows(`login ${attempt}`, await logIn(behind), 'login 200 with no cookie, then /me 401');
shows('sessions in the store', usual.stored(), '3');

const insecure = application({ cookie: { secure: false } });
shows('with secure: false', await logIn(await site(insecure.app)), 'login 200 with a cookie for every connection, then /me 200');

const forged = { headers: { 'X-Forwarded-For': '203.0.113.7' } };
const credulous = await site(application({ trustProxy: true }).app);
shows('trust proxy true: an address that the client made up', (await credulous.ask('/ip', forged)).body, '203.0.113.7');
const careful = await site(application({ trustProxy: 1 }).app);
shows('trust proxy 1: the address that the proxy saw', (await careful.ask('/ip', forged)).body, '127.0.0.1');
process.exit(0);
