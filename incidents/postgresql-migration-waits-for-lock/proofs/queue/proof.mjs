// A session that read the table and is idle in its transaction, an ALTER TABLE that takes no time by
// itself, and a reader that comes after it. The reader waits for the ALTER, which waits for the idle
// session. Without the idle session the same ALTER on the same rows waits for nobody.
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const [control, idle, migration, reader, other] = await Promise.all(Array.from({ length: 5 }, () => connect()));
await control.query('CREATE TABLE orders AS SELECT i AS id FROM generate_series(1, 200000) i');
await control.query('CREATE TABLE other (id int)');
const ALTER = 'ALTER TABLE orders ADD COLUMN note text';
const READ = 'SELECT id FROM orders LIMIT 1';

await migration.query("SET statement_timeout = '2s'");
shows('ALTER TABLE of 200000 rows, nobody else', await said(migration, ALTER), 'ok');
await control.query('ALTER TABLE orders DROP COLUMN note');
await migration.query('RESET statement_timeout');

await idle.query('BEGIN');
await idle.query(READ);
shows('SELECT beside an idle transaction', await said(reader, READ), 'ok');
const altered = said(migration, ALTER);
await untilWaiting(control, 1);
console.log('ALTER TABLE beside it: waits');
const read = said(reader, READ);
await untilWaiting(control, 2);
const { rows: [blocked] } = await control.query('SELECT pg_blocking_pids($1) = ARRAY[$2::int] AS by_migration', [reader.processID, migration.processID]);
shows('SELECT after that: waits, blocked by the ALTER TABLE alone', blocked.by_migration, 'true');
shows('SELECT from another table', await said(other, 'SELECT FROM other'), 'ok');
await idle.query('COMMIT');
shows('the idle transaction ends: ALTER TABLE', await altered, 'ok');
shows('the idle transaction ends: SELECT', await read, 'ok');
await disconnect();
