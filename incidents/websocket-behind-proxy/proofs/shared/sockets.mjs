// A real WebSocket server, and a client, of the package ws.
import { once } from 'node:events';
import http from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { listening } from '../helpers/ports.mjs';

/** Start a server that sends back what it gets, and pings every so many milliseconds; return its port. */
export async function application({ ping } = {}) {
  const one = { pongs: 0 };
  const server = http.createServer((request, response) => response.end('a page'));
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('error', () => {}).on('message', (data) => socket.send(String(data))).on('pong', () => { one.pongs += 1; });
    if (ping) socket.once('close', clearInterval.bind(null, setInterval(() => socket.ping(), ping)));
  });
  one.port = await listening(server);
  return one;
}

/** Connect and say something; return what came back, or why it was not connected. */
export async function talk(port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`);
  return new Promise((resolve) => {
    socket.on('error', (error) => resolve(error.message)).on('open', () => socket.send('hello')).on('message', (data) => { resolve(String(data)); socket.terminate(); });
  });
}

/** Connect and stay; return the connection, and with which code it was closed. */
export async function connected(port, { keepAlive = false } = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`);
  const one = { closed: undefined };
  one.end = once(socket, 'close').then(([code]) => { one.closed = code; return code; });
  await once(socket, 'open');
  if (keepAlive) socket._socket.setKeepAlive(true, 100);
  return one;
}

/** The lines of nginx that let a WebSocket through. */
export const UPGRADE = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';
