// What is believed: 504 means that nothing was done. The application goes on, and who asks again gets it twice.
import { application } from '../shared/app.mjs';
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';

const app = await application();
const count = async () => (await fetch(`${app.url}/orders/count`)).text();
const front = await nginx(`location / { proxy_read_timeout 300ms; proxy_pass ${app.url}; }`);
shows('orders', await count(), '0');
shows('POST of an order', await front.ask('/orders', { method: 'POST', body: 'book' }), '504');
shows('the same again', await front.ask('/orders', { method: 'POST', body: 'book' }), '504');
app.release();
let made;
while ((made = await count()) !== '2');
shows('orders, afterwards', made, '2');

// With several servers, nginx itself asks again, unless it is a POST.
const two = [await application(), await application()];
const group = await nginx('location / { proxy_read_timeout 300ms; proxy_pass http://app; }',
  `upstream app { ${two.map((one) => `server 127.0.0.1:${one.port} max_fails=0;`).join(' ')} }`);
const begun = (path) => two.flatMap((one) => one.began).filter((one) => one === path).length;
shows('GET of a slow page, two servers', await group.ask('/slow'), '504');
shows('it was begun', `${begun('/slow')} times`, '2 times');
shows('POST, two servers', await group.ask('/orders', { method: 'POST', body: 'book' }), '504');
shows('it was begun', `${begun('/orders')} times`, '1 times');
process.exit(0);
