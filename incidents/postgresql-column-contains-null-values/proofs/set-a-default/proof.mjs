// The popular advice, tried: a default, set afterwards. It is for new rows; those that are there keep NULL. And an empty text
// for all of them, which ends the error and is a value that the application takes for real.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query('CREATE TABLE orders (id serial PRIMARY KEY, state text); INSERT INTO orders (state) VALUES (NULL), (NULL)');
await admin.query("ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'open'");
shows('default set, NOT NULL', await said(admin, 'ALTER TABLE orders ALTER COLUMN state SET NOT NULL'), /^23502 column "state" of relation "orders" contains null values/);
shows('rows with NULL', (await admin.query('SELECT count(*) FROM orders WHERE state IS NULL')).rows[0].count, '2');
await admin.query('INSERT INTO orders DEFAULT VALUES');
shows('a new row', (await admin.query('SELECT state FROM orders ORDER BY id DESC LIMIT 1')).rows[0].state, 'open');
shows('again', await said(admin, 'ALTER TABLE orders ALTER COLUMN state SET NOT NULL'), /^23502 /);
await disconnect();
