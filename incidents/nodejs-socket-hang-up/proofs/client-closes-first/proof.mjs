// Whoever closes first decides. With a shorter time-out for idle connections in the client, no request meets a close.
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { network, send, service } from '../shared/service.mjs';
import { shows } from '../helpers/runbook.mjs';

/** Return how many requests fail that are sent so long after another one, or when the service has closed. */
async function failures(options, distances) {
  const one = await service();
  const port = await network(one.port);
  const agent = new http.Agent(options);
  let failed = 0;
  for (const distance of distances) {
    await send(port, agent);
    await (distance === 'closed' ? one.closed() : pause(distance));
    if ((await send(port, agent)) !== '200') failed += 1;
  }
  return `${failed} of ${distances.length}`;
}
const [without, shorter, none] = await Promise.all([
  failures({ keepAlive: true }, ['closed', 'closed']),
  failures({ keepAlive: true, timeout: 300 }, [100, 280, 300, 320, 600, 'closed']),
  failures({ keepAlive: false }, ['closed', 'closed']),
]);
shows('the service closes first: failed', without, '2 of 2');
shows('the client closes first, after 0.3 s: failed', shorter, '0 of 6');
shows('no connection is kept: failed', none, '0 of 2');

// Once more, on a new connection, if the failed one was used before.
const one = await service();
const port = await network(one.port);
const agent = new http.Agent({ keepAlive: true });
const again = async () => {
  const answer = await send(port, agent, 'GET');
  return answer.endsWith('a connection used before') ? send(port, false, 'GET') : answer;
};
shows('GET, a first request', await again(), '200');
await one.closed();
shows('GET, repeated once', await again(), '200');
process.exit(0);
