// The server wants a password, and the client has one, but does not send it: a variable that is not
// set, or an option that the library does not know. Where the library looks for it, it works.
import { redis } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ioredis, nodeRedis } from '../shared/clients.mjs';

const { port, password, url } = await redis({}, { password: 'p@ss/w#rd' });
const place = { host: '127.0.0.1', port };
delete process.env.REDIS_PASSWORD;
shows('ioredis, a variable that is not set', await ioredis({ ...place, password: process.env.REDIS_PASSWORD }), 'NOAUTH Authentication required.');
shows('ioredis, auth_pass', await ioredis({ ...place, auth_pass: password }), 'NOAUTH Authentication required.');
shows('ioredis, password', await ioredis({ ...place, password }), 'PONG');
shows('node-redis, a variable that is not set', await nodeRedis({ socket: place, password: process.env.REDIS_PASSWORD }), 'NOAUTH Authentication required.');
shows('node-redis, auth_pass', await nodeRedis({ socket: place, auth_pass: password }), 'NOAUTH Authentication required.');
shows('node-redis, in socket', await nodeRedis({ socket: { ...place, password } }), 'NOAUTH Authentication required.');
shows('node-redis, password', await nodeRedis({ socket: place, password }), 'PONG');
const encoded = `redis://default:${encodeURIComponent(password)}@127.0.0.1:${port}`;
shows('ioredis, the password in a URL, encoded', await ioredis(encoded), 'PONG');
shows('node-redis, the password in a URL, encoded', await nodeRedis({ url: encoded }), 'PONG');
shows('node-redis, not encoded', await nodeRedis({ url }) === 'PONG' ? 'PONG' : 'no answer', 'no answer');
process.exit(0);
