// Four ways to get a page where JSON or a script is wanted. The API has sent nothing of it.
import { shows } from '../helpers/runbook.mjs';
import { json, release, script, site } from '../shared/site.mjs';

release('first');
const one = await site();
shows('the right address', await json(`${one.url}/api/orders`), '200 application/json, parsed');
shows('requests that the API has seen', one.asked, '1');
shows('an address without /api', await json(`${one.url}/orders`), "200 text/html, Unexpected token '<'");
shows('an address with undefined in it', await json(`${one.url}/undefined/api/orders`), "200 text/html, Unexpected token '<'");
shows('requests that the API has seen', one.asked, '1');
shows('a login that is asked for by a redirect', await json(`${one.url}/api/private`), "200 text/html, Unexpected token '<'");
shows('a script of this release', await script(`${one.url}/assets/main.first.js`), '200 application/javascript, loaded');
release('second');
shows('a script of the release before', await script(`${one.url}/assets/main.first.js`), "200 text/html, Unexpected token '<'");
await one.end();
shows('the API is down', await json(`${one.url}/api/orders`), "502 text/html, Unexpected token '<'");
process.exit(0);
