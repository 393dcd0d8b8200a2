// Express sees plain HTTP from the proxy, so express-session does not send a cookie that is only for
// HTTPS: the login succeeds, and the next page asks for a login. With the proxy trusted, it is sent.
import { shows } from '../helpers/runbook.mjs';
import { application, logIn, site } from '../shared/site.mjs';

const usual = application();
shows('as it is', await logIn(await site(usual.app)), 'login 200 with no cookie, then /me 401');
shows('sessions in the store', usual.stored(), '1');
const trusting = application({ trustProxy: 1 });
shows('with trust proxy 1', await logIn(await site(trusting.app)), 'login 200 with a secure cookie, then /me 200');
const silent = application({ trustProxy: 1 });
shows('with trust proxy 1, and a proxy that does not say X-Forwarded-Proto', await logIn(await site(silent.app, [])), 'login 200 with no cookie, then /me 401');
process.exit(0);
