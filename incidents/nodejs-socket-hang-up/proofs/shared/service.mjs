// A service that closes idle connections without saying so, and a network that takes its time.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { listening } from '../helpers/ports.mjs';

/** Start a service; return its port, what it was asked for, and a wait until it has closed every connection. */
export async function service({ idle = 1, cut = false } = {}) {
  const one = { asked: [] };
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      one.asked.push(request.method);
      if (cut) { request.socket.destroy(); return; } // it has done the work, and dies before it answers
      response.setHeader('connection', 'keep-alive'); // as servers that name no time-out
      response.end('done');
    });
  });
  server.keepAliveTimeout = idle;
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => { open -= 1; server.emit('closed'); });
  });
  one.port = await listening(server);
  one.closed = async () => { while (open > 0) await once(server, 'closed'); };
  return one;
}

/** Put the network in front of a port. That the service has closed is heard with the next request, or after two seconds. */
export async function network(port) {
  return listening(net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ port, host: '127.0.0.1' });
    near.on('error', () => far.destroy()).on('data', (data) => far.write(data)).on('end', () => { far.end(); near.end(); });
    far.on('error', () => {}).on('data', (data) => near.write(data)).on('close', () => {
      near.once('data', () => near.end());
      setTimeout(() => near.end(), 2000).unref();
    });
  }));
}

/** Send a request; return its status, or the words and the code of the error, and whether the connection was used before. */
export const send = (port, agent, method = 'POST', options = {}) => new Promise((resolve) => {
  const request = http.request({ port, host: '127.0.0.1', method, agent, ...options }, (response) => {
    response.resume().once('end', () => resolve(String(response.statusCode)));
  });
  request.once('error', (error) => resolve(`${error.message}, ${error.code}, ${request.reusedSocket ? 'a connection used before' : 'a new connection'}`));
  request.end(method === 'POST' ? 'order=1' : undefined);
});
