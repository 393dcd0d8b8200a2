// An API with users: `/users/:id` before `/users/me`, as it was, or in the right order and with a look at the id.
import { once } from 'node:events';
import express from 'express';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Start it; return a function that says how a request ended, and one that ends it. */
export async function api(client, { fixed = false } = {}) {
  const app = express();
  const one = async (request, response) => {
    if (fixed && !UUID.test(request.params.id)) return response.status(404).send('no such user');
    const { rows } = await client.query('SELECT name FROM users WHERE id = $1', [request.params.id]);
    return rows.length ? response.send(rows[0].name) : response.status(404).send('no such user');
  };
  const me = (request, response) => response.send('you');
  if (fixed) app.get('/users/me', me);
  app.get('/users/:id', one);
  if (!fixed) app.get('/users/me', me);
  app.use((error, request, response, next) => { response.status(500).send(`${error.code} ${error.message}`); });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const get = async (path) => {
    const response = await fetch(url + path);
    return `${response.status} ${await response.text()}`;
  };
  return { url, get, end: () => server.close() };
}
