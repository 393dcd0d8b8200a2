// The service has closed an idle connection; before the client hears of it, the client sends a request on it.
import http from 'node:http';
import { network, send, service } from '../shared/service.mjs';
import { shows } from '../helpers/runbook.mjs';

const one = await service();
const port = await network(one.port);
const agent = new http.Agent({ keepAlive: true });
shows('a first request', await send(port, agent), '200');
await one.closed();
shows('a second, while the close is on its way', await send(port, agent), /^(socket hang up|read ECONNRESET), ECONNRESET, a connection used before$/);
shows('requests that the service has seen', one.asked.length, '1');
shows('a third', await send(port, agent), '200');
await one.closed();
shows('at the same time, on a new connection', await send(port, false), '200');

const url = `http://127.0.0.1:${port}/`;
const post = () => fetch(url, { method: 'POST', body: 'order=1' }).then(async (answer) => { await answer.text(); return answer.status; }, (error) => `${error.message}, ${error.cause.message}, ${error.cause.code}`);
shows('fetch, a first request', await post(), '200');
await one.closed();
shows('fetch, a second, while the close is on its way', await post(), /^fetch failed, (other side closed, UND_ERR_SOCKET|read ECONNRESET, ECONNRESET)$/);
process.exit(0);
