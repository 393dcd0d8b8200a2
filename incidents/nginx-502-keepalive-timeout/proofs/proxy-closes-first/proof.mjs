// Whoever closes first decides. With Node.js closing first, a POST meets the close. With nginx closing
// first, by a longer time-out of Node.js or a shorter one of nginx, none fails, at whatever distance.
import { setTimeout as pause } from 'node:timers/promises';
import { shows } from '../helpers/runbook.mjs';
import { LATER, application, network, nginx } from '../shared/proxy.mjs';

/** Return how many POSTs fail that are sent so many milliseconds after another request. */
async function failures(keepAliveTimeout, nginxTimeout, distances) {
  const app = await application(keepAliveTimeout);
  const proxy = await nginx([await network(app.port)], ['keepalive 8;', `keepalive_timeout ${nginxTimeout}ms;`]);
  let failed = 0;
  for (const distance of distances) {
    await proxy.ask('GET');
    await (distance === 'when it closes' ? app.closed() : pause(distance));
    if (await proxy.ask('POST') === '502') failed += 1;
  }
  return `${failed} of ${distances.length}`;
}
const near = (time) => [time - 60, time - 30, time, time + 30];
const [first, longer, shorter] = await Promise.all([
  failures(1, 60_000, ['when it closes', 'when it closes']),
  failures(LATER, 1000, near(1000)),
  failures(1, 500, [...near(500), ...near(LATER)]),
]);
shows('Node.js closes first: POSTs failed', first, '2 of 2');
shows('a longer time-out in Node.js: POSTs failed', longer, '0 of 4');
shows('a shorter time-out in nginx: POSTs failed', shorter, '0 of 8');
process.exit(0);
