// A statement fails in a transaction and its error is swallowed: the next one is refused, whatever
// it is. Alone, it succeeds. COMMIT then says ROLLBACK, without an error, and nothing is stored.
// A client that goes back to the pool like this refuses the work of the next request, too.
import pg from 'pg';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = await connect();
await client.query('CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)');
const ABORTED = '25P02 current transaction is aborted, commands ignored until end of transaction block';
shows('the later query alone', await said(client, 'SELECT count(*) FROM orders'), 'ok');
await client.query('BEGIN');
await client.query('INSERT INTO orders VALUES (2)');
shows('the first error, swallowed', await said(client, 'INSERT INTO orders VALUES (1)'), /^23505 duplicate key value/);
shows('the later query', await said(client, 'SELECT count(*) FROM orders'), ABORTED);
shows('even SELECT 1', await said(client, 'SELECT 1'), ABORTED);
shows('COMMIT says', (await client.query('COMMIT')).command, 'ROLLBACK');
shows('rows', (await client.query('SELECT count(*) FROM orders')).rows[0].count, '1');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
const leaky = await pool.connect();
await leaky.query('BEGIN');
await leaky.query('INSERT INTO orders VALUES (1)').catch(() => {});
leaky.release();
const next = (sql) => pool.query(sql).then(() => 'ok', (error) => `${error.code} ${error.message}`);
shows('released without ROLLBACK, the next request', await next('SELECT 1'), ABORTED);
shows('ROLLBACK, then the next request', `${await next('ROLLBACK')}, ${await next('SELECT 1')}`, 'ok, ok');
await pool.end();
await disconnect();
