// What is believed: the server closed it, and connecting again helps. A new object works at once, and the
// old one never. If the server does end connections, the pool goes on. Then a shutdown in both orders.
import { once } from 'node:events';
import http from 'node:http';
import { builder, client, pool, said, sequelize } from '../shared/clients.mjs';
import { shows } from '../helpers/runbook.mjs';

const ONE = 'SELECT 1';
const single = client();
await single.connect();
await single.end();
shows('pg.Client, connect again', await said(() => single.connect()), 'Client has already been connected. You cannot reuse a client.');
for (const [name, made, close, ask] of [
  ['pg.Pool', pool, 'end', (one) => one.query(ONE)], ['Sequelize', sequelize, 'close', (one) => one.query(ONE)], ['Knex', builder, 'destroy', (one) => one.raw(ONE)],
]) {
  const old = made();
  await ask(old);
  await old[close]();
  const tries = [];
  for (let n = 0; n < 5; n += 1) tries.push(await said(() => ask(old)));
  shows(`${name}, five more tries`, tries.includes('ok') ? 'ok' : 'all refused', 'all refused');
  const another = made();
  shows(`${name}, a new one`, await said(() => ask(another)), 'ok');
  await another[close]();
}

const going = pool();
going.on('error', () => {});
const { rows: [{ pid }] } = await going.query('SELECT pg_backend_pid() AS pid');
const admin = client();
await admin.connect();
const gone = new Promise((resolve) => { going.once('remove', resolve); });
await admin.query('SELECT pg_terminate_backend($1)', [pid]);
await gone;
shows('the server ends the connection of a pool; the next query', await said(() => going.query(ONE)), 'ok');
await going.end();
await admin.end();

const replaced = async (shutdown) => {
  const own = pool();
  const server = http.createServer(async (request, response) => {
    request.socket.server.emit('arrived');
    await new Promise((resolve) => { server.once('go on', resolve); });
    response.statusCode = (await said(() => own.query(ONE))) === 'ok' ? 200 : 500;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = fetch(`http://127.0.0.1:${server.address().port}/`, { headers: { connection: 'close' } });
  await once(server, 'arrived');
  const closed = shutdown(server, own);
  server.emit('go on');
  const { status } = await asked;
  await closed;
  return status;
};
shows('a request while the pool is ended first', await replaced((server, own) => { server.close(); return own.end(); }), '500');
shows('a request while the server is closed first', await replaced((server, own) => new Promise((resolve) => { server.close(() => resolve(own.end())); })), '200');
process.exit(0);
