// The popular advice, tried. `parseInt`: a word becomes NaN, which fails in the same way, and a half number becomes another one's
// row. And comparing as text: no error, no row, and the index is not used.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE TABLE orders (id int PRIMARY KEY, owner text); INSERT INTO orders SELECT n, 'user ' || n FROM generate_series(1, 20000) AS n; ANALYZE orders`);
const find = (id) => said(admin, 'SELECT owner FROM orders WHERE id = $1', [id]);
shows('a word', await find('me'), '22P02 invalid input syntax for type integer: "me"');
shows('parseInt of a word', await find(Number.parseInt('me', 10)), '22P02 invalid input syntax for type integer: "NaN"');
const { rows } = await admin.query('SELECT owner FROM orders WHERE id = $1', [Number.parseInt('12abc', 10)]);
shows("parseInt of '12abc'", rows[0].owner, 'user 12');
shows('compared as text', await said(admin, 'SELECT owner FROM orders WHERE id::text = $1', ['me']), 'ok');
const plan = async (where) => /Seq Scan|Index Scan|Bitmap/.exec(JSON.stringify((await admin.query(`EXPLAIN SELECT owner FROM orders WHERE ${where}`)).rows))[0];
shows('by its id', await plan('id = 12'), 'Index Scan');
shows('compared as text, the plan', await plan("id::text = '12'"), 'Seq Scan');
await disconnect();
