// A real Express application, and requests of a size.
import { once } from 'node:events';
import express from 'express';

/** Start an application with these steps before its routes; return its address and how many requests came through. */
export async function application(...steps) {
  const one = { came: 0 };
  const app = express();
  for (const step of steps) step(app);
  app.post('/orders', (request, response) => { one.came += 1; response.json({ length: request.body.length }); });
  app.use((error, request, response, next) => response.status(error.status).json({ type: error.type }));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  one.url = `http://127.0.0.1:${server.address().port}`;
  return one;
}

/** Send a JSON text of about this size; return the status, and who answered. */
export async function send(url, bytes, path = '/orders') {
  const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', connection: 'close' }, body: JSON.stringify(['x'.repeat(bytes)]) });
  const text = await answer.text();
  return `${answer.status} from ${text.includes('nginx') ? 'nginx' : 'the application'}`;
}
