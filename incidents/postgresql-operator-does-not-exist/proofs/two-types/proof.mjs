// Two types that PostgreSQL does not compare: of two columns, of a column and a value whose type the client declares, and of a
// search in something that is no text. Each works when the value, or one side, is cast.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
const ID = 'a3bb189e-8bf9-4c4b-9f0e-1b1d2f6f7a10';
await admin.query(`CREATE TABLE users (id uuid PRIMARY KEY, age int, data json); INSERT INTO users VALUES ('${ID}', 7, '{}');
  CREATE TABLE orders (id serial PRIMARY KEY, user_id varchar(36)); INSERT INTO orders (user_id) VALUES ('${ID}')`);
shows('columns of two types', await said(admin, 'SELECT FROM orders JOIN users ON users.id = orders.user_id'), '42883 operator does not exist: uuid = character varying');
shows('one side cast', await said(admin, 'SELECT FROM orders JOIN users ON users.id = orders.user_id::uuid'), 'ok');
shows('a value without a type', await said(admin, 'SELECT FROM users WHERE id = $1', [ID]), 'ok');
shows('a value that is declared as text', await said(admin, 'PREPARE declared(text) AS SELECT FROM users WHERE id = $1'), '42883 operator does not exist: uuid = text');
shows('the value cast', await said(admin, 'PREPARE cast_value(text) AS SELECT FROM users WHERE id = $1::uuid'), 'ok');
shows('a number and a text', await said(admin, "SELECT FROM users WHERE age = '7'::text"), '42883 operator does not exist: integer = text');
shows('a search in an id', await said(admin, 'SELECT FROM users WHERE id ILIKE $1', ['a3%']), /^42883 operator does not exist: uuid ~~\* /);
shows('json compared', await said(admin, "SELECT FROM users WHERE data = '{}'"), /^42883 operator does not exist: json = unknown/);

await admin.query('ALTER TABLE orders ALTER COLUMN user_id TYPE uuid USING user_id::uuid');
shows('after the column has the type', await said(admin, 'SELECT FROM orders JOIN users ON users.id = orders.user_id'), 'ok');
await disconnect();
