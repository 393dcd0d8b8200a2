// The commands of the runbook, on each way in which Redis is out of reach, and on one that answers.
import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import { redis } from '../helpers/redis.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

delete process.env.REDISCLI_AUTH; // that of the service, which this server has not
const ask = (port, HOST = '127.0.0.1') => runbook('diagnosis-1', { HOST, PORT: String(port) });
const server = await redis({}, { password: '' });
shows('running', await ask(server.port), `127.0.0.1 port ${server.port}: answers +PONG; exit 0`);
shows('verification, running', await runbook('verification-1', { HOST: '127.0.0.1', PORT: String(server.port) }), 'PONG; exit 0');
await server.crash();
shows('stopped', await ask(server.port), `127.0.0.1 port ${server.port}: ECONNREFUSED; exit 1`);
shows('verification, stopped', await runbook('verification-1', { HOST: '127.0.0.1', PORT: String(server.port) }), /Connection refused; exit 1$/);
shows('a password', await ask((await redis()).port), /answers -NOAUTH Authentication required\.; exit 0$/);
shows('no such name', await ask(6379, 'no-such-service.invalid'), /: (ENOTFOUND|EAI_AGAIN); exit 1$/);

// What a client without TLS sees of a port that wants it: the other side closes. And one that is silent.
for (const [label, handler, expected] of [
  ['wants TLS', (socket) => socket.on('error', () => {}).once('data', () => socket.end()), /connected, and closed without an answer; exit 1$/],
  ['silent', (socket) => socket.on('error', () => {}).resume(), /connected, and no answer in 3 s; exit 1$/],
]) {
  const other = net.createServer(handler).listen(server.port, '127.0.0.1');
  await once(other, 'listening');
  shows(label, await ask(server.port), expected);
  const closed = once(other, 'close');
  other.close();
  await closed;
}
mkdirSync('src');
writeFileSync('src/redis.js', 'const redis = new Redis();\n');
shows('check, fault', await runbook('check-address-is-given', { SOURCE: 'src' }), 'src/redis.js:1:const redis = new Redis();; exit 0');
writeFileSync('src/redis.js', 'const redis = new Redis(settings.redis);\n');
shows('check, fixed', await runbook('check-address-is-given', { SOURCE: 'src' }), 'nothing; exit 1');
process.exit(0);
