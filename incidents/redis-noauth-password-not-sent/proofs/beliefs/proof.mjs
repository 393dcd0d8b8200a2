// What is believed. The password is wrong: then the error is WRONGPASS. Take the password away: then
// everybody who reaches the port reads the sessions. AUTH once after connecting: the next connection
// of the same client has not done it.
import Redis from 'ioredis';
import { connect, redis, said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ioredis } from '../shared/clients.mjs';

const server = await redis();
const place = { host: '127.0.0.1', port: server.port };
shows('a wrong password', await ioredis({ ...place, password: 'wrong' }), /^WRONGPASS |NOAUTH/);
shows('a wrong password, as AUTH answers', await said(connect(server).call('AUTH', 'wrong')), /^WRONGPASS invalid username-password pair/);

const admin = connect(server);
const once = new Redis({ ...place, enableReadyCheck: false, maxRetriesPerRequest: 1 });
once.on('error', () => {});
shows('AUTH after connecting', await said(once.auth(server.password)), 'OK');
shows('a command', await said(once.ping()), 'PONG');
const back = new Promise((resolve) => { once.once('ready', resolve); });
await admin.client('KILL', 'ID', String(await once.client('ID')));
await back;
shows('a command after the connection was lost', await said(once.ping()), 'NOAUTH Authentication required.');

await admin.set('session:ada', 'secret');
await admin.config('SET', 'requirepass', '');
const anybody = new Redis(place);
shows('without a password on the server, anybody reads', await said(anybody.get('session:ada')), 'secret');
process.exit(0);
