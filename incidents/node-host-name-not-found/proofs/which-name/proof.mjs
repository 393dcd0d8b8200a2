// A server that is up, and settings whose host is not its name. No connection is tried; the name is the fault.
import net from 'node:net';
import { once } from 'node:events';
import parse from 'pg-connection-string';
import { shows } from '../helpers/runbook.mjs';

let connections = 0;
const server = net.createServer((socket) => { connections += 1; socket.end(); }).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const connect = (host) => new Promise((resolve) => {
  const socket = net.connect({ host, port, family: 4 }, () => { socket.destroy(); resolve('connected'); });
  socket.once('error', (error) => resolve(error.message.split(' ').slice(0, 2).join(' ')));
});
for (const [what, host] of [
  ['a blank at the end', 'localhost '], ['a line end', 'localhost\n'], ['quotes', '"localhost"'],
  ['a URL', 'http://localhost'], ['a port', `localhost:${port}`],
]) shows(`the host with ${what}`, await connect(host), 'getaddrinfo ENOTFOUND');
// Without a network, as in a container that has lost its own, no DNS server says that there is no such name.
shows('a name of another network', await connect('database.of-another-network'), /^getaddrinfo (EAI_AGAIN|ENOTFOUND)$/);
shows('connections that the server has seen', connections, '0');
shows('the host alone', await connect('localhost'), 'connected');

// What is not a URL: the driver fills in a host that nobody wrote.
for (const [what, url] of [
  ['quotes', '"postgres://app@localhost/shop"'], ['a blank in front', ' postgres://app@localhost/shop'],
  ['no colon', 'postgres//app@localhost/shop'], ['a variable that nobody filled in', '${DATABASE_URL}'],
]) shows(`a URL with ${what}: the driver asks for`, parse.parse(url).host, 'base');
process.exit(0);
