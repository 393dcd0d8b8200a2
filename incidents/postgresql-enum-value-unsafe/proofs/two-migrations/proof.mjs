// Two migrations, one that adds the value and one that uses it: with one transaction for all of
// them, as some tools do, it fails although they are in two files; with one for each it works. The
// other way, a new type, works in one transaction and rewrites the column.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = await connect();
const FILES = ["ALTER TYPE status ADD VALUE 'void'", "UPDATE orders SET status = 'void' WHERE id = 1"];
const begin = () => client.query("DROP TABLE IF EXISTS orders; DROP TYPE IF EXISTS status; CREATE TYPE status AS ENUM ('open', 'paid'); CREATE TABLE orders (id int, status status); INSERT INTO orders VALUES (1, 'open')");
async function migrate(files, oneTransaction) {
  if (oneTransaction) await client.query('BEGIN');
  for (const sql of files) {
    if (!oneTransaction) await client.query('BEGIN');
    const how = await said(client, sql);
    if (how !== 'ok') {
      await client.query('ROLLBACK');
      return how;
    }
    if (!oneTransaction) await client.query('COMMIT');
  }
  if (oneTransaction) await client.query('COMMIT');
  return 'ok';
}
await begin();
shows('two files, one transaction for all', await migrate(FILES, true), '55P04 unsafe use of new value "void" of enum type status');
shows('two files, one transaction for each', await migrate(FILES, false), 'ok');
shows('the first file again', await migrate([FILES[0]], false), '42710 enum label "void" already exists');
shows('the first file again, with IF NOT EXISTS', await migrate(["ALTER TYPE status ADD VALUE IF NOT EXISTS 'void'"], false), 'ok');
await begin();
shows('a new type, one transaction for all', await migrate([
  "ALTER TYPE status RENAME TO status_old",
  "CREATE TYPE status AS ENUM ('open', 'paid', 'void')",
  'ALTER TABLE orders ALTER COLUMN status TYPE status USING status::text::status',
  'DROP TYPE status_old',
  FILES[1],
], true), 'ok');
shows('the row', (await client.query('SELECT status FROM orders')).rows[0].status, 'void');
await disconnect();
