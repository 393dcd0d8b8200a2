// What is believed: a longer proxy_read_timeout. While the process computes, nobody is answered, and more requests wait.
import { application } from '../shared/app.mjs';
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';

const app = await application();
const front = await nginx(`
  location / { proxy_read_timeout 1h; proxy_pass ${app.url}/; }
  location /short/ { proxy_read_timeout 400ms; proxy_pass ${app.url}/; }`);
app.waits();
const slow = front.ask('/blocked');
await app.hasBegun('/blocked');
let answered = 0;
const others = Array.from({ length: 20 }, () => front.ask('/health').then((status) => { answered += 1; return status; }));
shows('a short time-out, while one computes', await front.ask('/short/health'), '504');
shows('an hour: answered meanwhile', answered, '0');
shows('an hour: begun meanwhile', app.began.filter((path) => path === '/health').length, '0');
app.release();
shows('when it is over: the slow one', await slow, '200');
shows('when it is over: the others', [...new Set(await Promise.all(others))].join(' '), '200');

// The cure: the same computation in a thread.
app.waits();
const thread = front.ask('/thread');
await app.hasBegun('/thread');
shows('it computes in a thread: others meanwhile, with the short time-out', await front.ask('/short/health'), '200');
app.release();
await thread;
process.exit(0);
