// What is believed: it was too slow, so give it more time; nothing was done, so send everything again.
import http from 'node:http';
import { network, send, service } from '../shared/service.mjs';
import { shows } from '../helpers/runbook.mjs';

const one = await service();
const port = await network(one.port);
const agent = new http.Agent({ keepAlive: true });
shows('a first request', await send(port, agent, 'POST', { timeout: 3_600_000 }), '200');
await one.closed();
shows('a time-out of an hour', (await send(port, agent, 'POST', { timeout: 3_600_000 })).split(',')[0], /^(socket hang up|read ECONNRESET)$/);
shows('asked on a new connection, the service', await send(one.port, false, 'GET'), '200');

const dying = await service({ cut: true });
for (const time of ['first', 'second']) {
  shows(`an order, sent for the ${time} time`, await send(dying.port, new http.Agent({ keepAlive: true })), 'socket hang up, ECONNRESET, a new connection');
}
shows('orders that the service has taken', dying.asked.length, '2');
process.exit(0);
