// What is advised: say that JSON is wanted, clear the cache. And the cure: what is not there is 404.
import { shows } from '../helpers/runbook.mjs';
import { json, release, script, site } from '../shared/site.mjs';

release('first');
const one = await site();
shows('Accept: application/json', await json(`${one.url}/orders`, { accept: 'application/json', 'content-type': 'application/json' }), "200 text/html, Unexpected token '<'");
release('second');
shows('a script of the release before, without any cache', await script(`${one.url}/assets/main.first.js`), "200 text/html, Unexpected token '<'");

const mended = await site('location /assets/ { try_files $uri =404; }');
shows('mended: a script that is not there', (await script(`${mended.url}/assets/main.first.js`)).slice(0, 3), '404');
shows('mended: a script that is there', await script(`${mended.url}/assets/main.second.js`), '200 application/javascript, loaded');
shows('mended: a page of the application', (await fetch(`${mended.url}/orders/7`)).status, '200');

// A client that looks before it parses says where the answer came from.
const careful = async (url) => {
  const answer = await fetch(url);
  const type = answer.headers.get('content-type') ?? '';
  if (!answer.ok || !type.includes('json')) throw new Error(`${answer.status} ${type} from ${answer.url}`);
  return answer.json();
};
shows('a client that looks first', await careful(`${one.url}/orders`).catch((error) => error.message), `200 text/html from ${one.url}/orders`);
process.exit(0);
