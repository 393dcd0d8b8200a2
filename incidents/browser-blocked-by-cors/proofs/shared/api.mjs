// A real Express application with the package cors, and what a browser gets to see of an answer.
import { once } from 'node:events';
import http from 'node:http';
import cors from 'cors';
import express from 'express';

export const ORIGIN = 'https://shop.example.com';

/** Start an application that asks for a login, before or after the headers are set; return its port, and how to end it. */
export async function api({ loginFirst = false } = {}) {
  const app = express();
  const login = (request, response, next) => (request.headers.authorization ? next() : response.status(401).json({ error: 'log in' }));
  const headers = cors({ origin: ORIGIN, credentials: true });
  for (const step of loginFirst ? [login, headers] : [headers, login]) app.use(step);
  app.use(express.json());
  app.get('/orders', (request, response) => response.json([]));
  app.post('/orders', (request, response) => response.json({}));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, end: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

/** Ask as a browser does; return the status and the header that a browser looks for. */
export async function asked(port, method, { path = '/orders', body } = {}) {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' };
  const request = http.request({
    port, host: '127.0.0.1', path, method, agent: false,
    headers: { origin: ORIGIN, ...(method === 'OPTIONS' ? preflight : { authorization: 'Bearer of-this-proof', 'content-type': 'application/json' }) },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  response.resume();
  const found = response.rawHeaders.filter((name, at) => at % 2 === 1 && response.rawHeaders[at - 1].toLowerCase() === 'access-control-allow-origin');
  return `${response.statusCode}, allowed: ${found.join(' and ') || 'nobody'}`;
}
