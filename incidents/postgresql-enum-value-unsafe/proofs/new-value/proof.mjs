// A value that was added to an enum, and its use: in the same transaction, after it, and by another
// session meanwhile. A type that was made in the same transaction has no such limit. The new value
// as a default of a column counts as use.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const [client, other] = [await connect(), await connect()];
await client.query("CREATE TYPE status AS ENUM ('open', 'paid'); CREATE TABLE orders (id int, status status)");
const UNSAFE = '55P04 unsafe use of new value "void" of enum type status';
await client.query('BEGIN');
shows('ALTER TYPE in a transaction', await said(client, "ALTER TYPE status ADD VALUE 'void'"), 'ok');
shows('INSERT in the same transaction', await said(client, "INSERT INTO orders VALUES (1, 'void')"), UNSAFE);
await client.query('ROLLBACK');
for (const use of ["UPDATE orders SET status = 'open' WHERE status = 'void'", "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'void'", "CREATE INDEX ON orders (id) WHERE status = 'void'"]) {
  await client.query("BEGIN; ALTER TYPE status ADD VALUE 'void'");
  shows(use, await said(client, use), UNSAFE);
  await client.query('ROLLBACK');
}
shows('the value after ROLLBACK', await said(other, "INSERT INTO orders VALUES (1, 'void')"), '22P02 invalid input value for enum status: "void"');
await client.query("BEGIN; ALTER TYPE status ADD VALUE 'void'");
shows('another session before COMMIT', await said(other, "INSERT INTO orders VALUES (1, 'void')"), '22P02 invalid input value for enum status: "void"');
await client.query('COMMIT');
shows('after COMMIT', await said(client, "INSERT INTO orders VALUES (1, 'void')"), 'ok');
shows('another session after COMMIT', await said(other, "INSERT INTO orders VALUES (1, 'void')"), 'ok');
await client.query("BEGIN; CREATE TYPE size AS ENUM ('s'); ALTER TYPE size ADD VALUE 'm'; CREATE TABLE shirts (size size)");
shows('a type of the same transaction', await said(client, "INSERT INTO shirts VALUES ('m')"), 'ok');
await client.query('ROLLBACK');
await disconnect();
