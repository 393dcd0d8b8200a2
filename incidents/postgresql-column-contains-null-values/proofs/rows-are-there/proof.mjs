// NOT NULL on a table with rows: the same statement works on an empty one. With a default in the same statement, or in three
// steps, it works on both. A release that still writes without the column brings NULL back between the steps.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
const table = async (rows) => admin.query(`DROP TABLE IF EXISTS orders; CREATE TABLE orders (id serial PRIMARY KEY, total int); INSERT INTO orders (total) SELECT n FROM generate_series(1, ${rows}) AS n`);
const FAILS = /^23502 column "state" of relation "orders" contains null values/;
const ADD = 'ALTER TABLE orders ADD COLUMN state text NOT NULL';
await table(0);
shows('no rows', await said(admin, ADD), 'ok');
await table(3);
shows('rows', await said(admin, ADD), FAILS);
shows('rows, with a default', await said(admin, `${ADD} DEFAULT 'open'`), 'ok');
shows('the rows have it', (await admin.query("SELECT count(*) FROM orders WHERE state = 'open'")).rows[0].count, '3');

await table(3);
await admin.query("ALTER TABLE orders ADD COLUMN state text");
await admin.query("UPDATE orders SET state = 'open'");
await admin.query('INSERT INTO orders (total) VALUES (4)'); // the release that runs does not know the column
shows('filled, and the old release has written', await said(admin, 'ALTER TABLE orders ALTER COLUMN state SET NOT NULL'), FAILS);
await admin.query("ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'open'");
await admin.query("UPDATE orders SET state = 'open' WHERE state IS NULL");
await admin.query('INSERT INTO orders (total) VALUES (5)');
await admin.query('ALTER TABLE orders ADD CONSTRAINT state_is_there CHECK (state IS NOT NULL) NOT VALID');
await admin.query('ALTER TABLE orders VALIDATE CONSTRAINT state_is_there');
shows('default first, then filled, then checked', await said(admin, 'ALTER TABLE orders ALTER COLUMN state SET NOT NULL'), 'ok');
await disconnect();
