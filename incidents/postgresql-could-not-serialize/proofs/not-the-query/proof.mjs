// The popular belief, tried: it is a bug in the query. The same statements succeed alone, before and
// after, and the one that failed succeeds when its transaction is run again as it is. Running the
// failed statement alone again, inside the failed transaction, is refused.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const [a, b] = [await connect(), await connect()];
await a.query('CREATE TABLE seats (id int PRIMARY KEY, taken int); INSERT INTO seats VALUES (1, 0)');
const READ = 'SELECT taken FROM seats';
const WRITE = 'UPDATE seats SET taken = taken + 1 WHERE id = 1';
const begin = async (client) => { await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ'); await client.query(READ); };
await begin(a);
shows('alone', await said(a, WRITE), 'ok');
await a.query('COMMIT');
await begin(a);
await begin(b);
await b.query(WRITE);
await b.query('COMMIT');
shows('after another one has committed', await said(a, WRITE), '40001 could not serialize access due to concurrent update');
shows('the statement again, in the same transaction', await said(a, WRITE), '25P02 current transaction is aborted, commands ignored until end of transaction block');
await a.query('ROLLBACK');
await begin(a);
shows('the transaction again, from its beginning', await said(a, WRITE), 'ok');
await a.query('COMMIT');
shows('what is in the row', (await a.query(READ)).rows[0].taken, '3');
await disconnect();
