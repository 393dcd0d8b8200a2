// Three kinds of slow: a request that waits, one that keeps the whole process busy, and one in a thread.
import { application } from '../shared/app.mjs';
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';

const app = await application();
const front = await nginx(`location / { proxy_read_timeout 400ms; proxy_pass ${app.url}; }`);
shows('a quick request', await front.ask('/health'), '200');
for (const [path, what, others] of [['/slow', 'waits for a query', '200'], ['/blocked', 'computes', '504'], ['/thread', 'computes in a thread', '200']]) {
  app.waits();
  const slow = front.ask(path);
  await app.hasBegun(path);
  shows(`it ${what}: another request meanwhile`, await front.ask('/health'), others);
  shows(`it ${what}`, await slow, '504');
  app.release();
  shows('when it is over, another request', await front.ask('/health'), '200');
}
shows('in the log', front.errors().match(/upstream timed out \(110: [A-Za-z ]+\) while reading response header from upstream/)?.[0], /^upstream timed out/);
process.exit(0);
