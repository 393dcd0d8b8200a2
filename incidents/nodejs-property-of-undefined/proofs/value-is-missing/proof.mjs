// Where the missing value comes from, on a real database: three ways to the same message, and what
// the message hides.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const db = await connect();
const said = (call) => Promise.resolve().then(call).then(() => 'no error', String);
const SQL = 'SELECT price FROM articles WHERE id = 7';
const withCallback = (use) => new Promise((resolve, reject) => {
  db.query(SQL, (error, result) => { try { resolve(use(error, result)); } catch (thrown) { reject(thrown); } });
});

shows('error not looked at', await said(() => withCallback((error, result) => result.rows)), "TypeError: Cannot read properties of undefined (reading 'rows')");
shows('error looked at', await withCallback((error, result) => error?.message ?? result.rows), 'relation "articles" does not exist');
shows('the same call with await', await said(() => db.query(SQL)), 'error: relation "articles" does not exist');

await db.query('CREATE TABLE articles (id int PRIMARY KEY, price numeric NOT NULL)');
shows('no row', await said(async () => (await db.query(SQL)).rows[0].price), "TypeError: Cannot read properties of undefined (reading 'price')");
shows('no await', await said(() => db.query(SQL).rows[0]), "TypeError: Cannot read properties of undefined (reading '0')");
await db.query('INSERT INTO articles VALUES (7, 12.50)');
shows('with its row', (await db.query(SQL)).rows[0].price, '12.50');
await disconnect();
