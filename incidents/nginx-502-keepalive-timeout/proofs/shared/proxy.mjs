// A real nginx in front of a real Node.js server, with a network in between that takes its time.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { nginx as startNginx } from '../helpers/nginx.mjs';
import { listening } from '../helpers/ports.mjs';

/** Newer versions of Node.js close an idle connection this much later than `keepAliveTimeout`, in milliseconds. */
export const LATER = 1000;

/** Start an application; return its port, how many requests came, and a wait until it has closed every connection. */
export async function application(keepAliveTimeout) {
  const app = { requests: 0 };
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => { app.requests += 1; response.end('done'); });
  });
  if (keepAliveTimeout !== undefined) server.keepAliveTimeout = keepAliveTimeout;
  server.setMaxListeners(0);
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => { open -= 1; server.emit('closed'); });
  });
  app.port = await listening(server);
  app.closed = async () => { while (open > 0) await once(server, 'closed'); };
  return app;
}

/**
 * Put the network in front of a port, and return the new port. When Node.js closes a connection, the
 * message about it is on its way until nginx has sent its next request, or for two seconds.
 */
export async function network(port) {
  return listening(net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ port, host: '127.0.0.1' });
    near.on('error', () => far.destroy()).on('data', (data) => far.write(data)).on('end', () => { far.end(); near.end(); });
    far.on('error', () => {}).on('data', (data) => near.write(data)).on('close', () => {
      near.once('data', () => near.end());
      setTimeout(() => near.end(), 2000);
    });
  }));
}

/** Start nginx in front of these ports; `upstream` are more lines of its group. Return how to ask it. */
export async function nginx(ports, upstream = ['keepalive 8;']) {
  const proxy = await startNginx(
    'location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    `upstream app { ${ports.map((one) => `server 127.0.0.1:${one};`).join(' ')} ${upstream.join(' ')} }`);
  const ask = (method = 'POST') => proxy.ask('/', { method, body: method === 'POST' ? 'order=1' : undefined });
  return { ...proxy, ask, url: `${proxy.url}/` };
}
