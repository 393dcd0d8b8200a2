// The popular advice, tried: a shop takes an order for an article that is gone.
import http from 'node:http';
import { connect, disconnect } from '../helpers/database.mjs';
import { listening } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';

const db = await connect();
await db.query('CREATE TABLE articles (id int PRIMARY KEY, price numeric); CREATE TABLE orders (total numeric)');
const article = async () => (await db.query('SELECT price FROM articles WHERE id = 7')).rows[0];
const store = (total) => db.query('INSERT INTO orders VALUES ($1)', [total]);
const handlers = {
  'as it was': async () => { await store((await article()).price * 3); return 200; },
  'with ?.': async () => { await store((await article())?.price * 3); return 200; },
  'row looked at': async () => {
    const found = await article();
    if (!found) return 404;
    await store(found.price * 3);
    return 200;
  },
};
for (const [name, handle] of Object.entries(handlers)) {
  const server = http.createServer((request, response) => {
    handle().catch(() => 500).then((status) => { response.writeHead(status).end(); });
  });
  const { status } = await fetch(`http://127.0.0.1:${await listening(server)}`);
  server.close();
  const { rows } = await db.query('DELETE FROM orders RETURNING total');
  shows(name, `${status}; stored: ${rows.map(({ total }) => total).join() || 'nothing'}`,
    { 'as it was': '500; stored: nothing', 'with ?.': '200; stored: NaN', 'row looked at': '404; stored: nothing' }[name]);
}
await disconnect();
