// A process that keeps something of each request: at the limit of the heap it ends with the error.
// With twice and four times the heap it ends after about twice and four times the requests. With a
// bound on what is kept, it ends with none of these limits.
import { run } from '../shared/limit.mjs';
import { shows } from '../helpers/runbook.mjs';

const small = await run(48);
shows('heap 48 MB', small.ended, 'SIGABRT');
shows('its log', /FATAL ERROR: .*/.exec(small.log)[0], /^FATAL ERROR: (Reached heap limit|Ineffective mark-compacts near heap limit) Allocation failed - JavaScript heap out of memory$/);
for (const times of [2, 4]) {
  const { handled, ended } = await run(48 * times);
  const ratio = handled / small.handled;
  shows(`heap ${48 * times} MB`, ended, 'SIGABRT');
  shows(`  requests, compared with 48 MB, about ${times} times`, ratio > times * 0.6 && ratio < times * 1.9, 'true');
}
shows('heap 48 MB, what is kept has a bound', (await run(48, { env: { BOUND: 'yes', REQUESTS: '6000' } })).ended, 'all handled');
