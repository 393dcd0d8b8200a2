// What is believed: the server is down, try again, prefer IPv4. It runs, and every attempt fails in the same way.
import dns from 'node:dns';
import net from 'node:net';
import { once } from 'node:events';
import { shows } from '../helpers/runbook.mjs';

let connections = 0;
const start = async (port) => {
  const server = net.createServer((socket) => { connections += 1; socket.end(); }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
const server = await start(0);
const { port } = server.address();
const connect = (host, options = {}) => new Promise((resolve) => {
  const socket = net.connect({ host, port, ...options }, () => { socket.destroy(); resolve('connected'); });
  socket.once('error', (error) => resolve(error.code));
});
const none = /^(EAI_AGAIN|ENOTFOUND)$/;
const all = async (host, times, options) => {
  const seen = new Set();
  for (let count = 0; count < times; count += 1) seen.add(await connect(host, options));
  return [...seen].join(' ');
};
for (const host of ['database.of-another-network', 'localhost\r']) {
  const name = JSON.stringify(host);
  shows(`${name}, 20 attempts`, await all(host, 20), none);
  server.close();
  await once(server, 'close');
  const again = await start(port);
  shows(`${name}, the server restarted`, await all(host, 1), none);
  again.close();
  await once(again, 'close');
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  dns.setDefaultResultOrder('ipv4first');
  shows(`${name}, ipv4first and family 4`, await all(host, 1, { family: 4 }), none);
}
shows('connections that the server has seen', connections, '0');
shows('the right name, at the same time', await connect('localhost', { family: 4 }), 'connected');
process.exit(0);
