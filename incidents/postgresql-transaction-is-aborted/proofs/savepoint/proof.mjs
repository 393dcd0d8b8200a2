// The fixes: ON CONFLICT for an error that is expected, a savepoint around a step that may fail, and
// ROLLBACK in every path.
import pg from 'pg';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = await connect();
await client.query('CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)');
const rows = async () => (await client.query('SELECT count(*) FROM orders')).rows[0].count;
await client.query('BEGIN');
shows('INSERT ... ON CONFLICT DO NOTHING', await said(client, 'INSERT INTO orders VALUES (1) ON CONFLICT DO NOTHING'), 'ok');
shows('the later query', await said(client, 'INSERT INTO orders VALUES (2)'), 'ok');
shows('COMMIT says', (await client.query('COMMIT')).command, 'COMMIT');
await client.query('BEGIN; SAVEPOINT step');
shows('in a savepoint', await said(client, 'INSERT INTO orders VALUES (1)'), /^23505/);
await client.query('ROLLBACK TO SAVEPOINT step');
shows('the later query', await said(client, 'INSERT INTO orders VALUES (3)'), 'ok');
shows('COMMIT says', (await client.query('COMMIT')).command, 'COMMIT');
shows('rows', await rows(), '3');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
async function inTransaction(work) {
  const session = await pool.connect();
  try {
    await session.query('BEGIN');
    const result = await work(session);
    const { command } = await session.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('an error was swallowed: the transaction is undone');
    return result;
  } catch (error) {
    await session.query('ROLLBACK');
    throw error;
  } finally {
    session.release();
  }
}
const how = (work) => inTransaction(work).then(() => 'stored', (error) => error.message);
shows('the wrapper, with an error', await how((session) => session.query('INSERT INTO orders VALUES (1)')), /^duplicate key value/);
shows('the wrapper, with a swallowed error', await how(async (session) => { await session.query('INSERT INTO orders VALUES (1)').catch(() => {}); }), 'an error was swallowed: the transaction is undone');
shows('the wrapper, after them', await how((session) => session.query('INSERT INTO orders VALUES (4)')), 'stored');
await pool.end();
await disconnect();
