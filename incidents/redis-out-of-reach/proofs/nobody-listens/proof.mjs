// Redis stops and is back; a client that has no address; and one that gave up.
import Redis from 'ioredis';
import { connect, redis, said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';

const first = (answer) => said(answer).then((text) => text.split(' Refer')[0]);
const server = await redis();
const client = connect(server, { maxRetriesPerRequest: 20, retryStrategy: () => 5 });
let reason;
client.on('error', (error) => { reason = error.message; });
shows('running', await first(client.ping()), 'PONG');
await server.crash();
shows('stopped, 20 retries', await first(client.ping()), 'Reached the max retries per request limit (which is 20).');
shows('the reason, in the event', reason, `connect ECONNREFUSED 127.0.0.1:${server.port}`);
await server.start();
shows('running again, the same client', await first(client.ping()), 'PONG');
client.disconnect();

await server.crash();
const once = connect(server, { retryStrategy: () => null });
await new Promise((resolve) => { once.once('end', resolve); });
await server.start();
shows('it no longer connects', await first(once.ping()), 'Connection is closed.');

// What `process.env` gives for a variable that is not set; nothing is connected.
const { host, port } = new Redis({ host: process.env.NO_SUCH_HOST, port: process.env.NO_SUCH_PORT, lazyConnect: true }).options;
shows('without an address, it asks', `${host}:${port}`, 'localhost:6379');
process.exit(0);
