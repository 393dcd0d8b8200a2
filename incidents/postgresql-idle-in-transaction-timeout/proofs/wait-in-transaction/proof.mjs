// Code waits for another service inside a transaction, for longer than the server allows: the server
// ends the session, and what was done is undone. The same work with the wait before BEGIN is stored.
import { shows } from '../helpers/runbook.mjs';
import { callPaymentService, pool, said } from '../shared/timeout.mjs';

const connections = pool();
await connections.query('CREATE TABLE orders (id int)');
const rows = async () => (await connections.query('SELECT count(*) FROM orders')).rows[0].count;

const client = await connections.connect();
let event = 'nothing';
client.on('error', (error) => { event = event === 'nothing' ? `${error.code} ${error.message}` : event; });
await client.query('BEGIN');
await client.query('INSERT INTO orders VALUES (1)');
await callPaymentService();
shows('the client was told', event, '25P03 terminating connection due to idle-in-transaction timeout');
shows('the next query', await said(client.query('INSERT INTO orders VALUES (2)')), 'no code Client has encountered a connection error and is not queryable');
client.release(true);
shows('rows', await rows(), '0');

await callPaymentService();
const after = await connections.connect();
await after.query('BEGIN');
await after.query('INSERT INTO orders VALUES (1)');
await after.query('INSERT INTO orders VALUES (2)');
shows('with the wait before BEGIN', (await after.query('COMMIT')).command, 'COMMIT');
after.release();
shows('rows', await rows(), '2');
await connections.end();
