// Statements as applications put them together. The word that the server names is right by itself: with
// what stands before it put right, the same word is accepted.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const db = await connect();
await db.query('CREATE TABLE orders (id int, name text, "user" text)');
const select = (rest) => said(db, `SELECT id FROM orders WHERE ${rest}`);
const near = (word) => `42601 syntax error at or near "${word}"`;
const ids = [];
shows('an empty list', await select(`id IN (${ids.join(',')})`), near(')'));
shows('a list', await select('id IN (1)'), 'ok');
shows('a value that is undefined in an array', await select(`id = ${[undefined]}`), '42601 syntax error at end of input');
shows('the same before another word', await select(`id = ${[undefined]} ORDER BY id`), near('ORDER'));
shows('the word with a value before it', await select('id = 1 ORDER BY id'), 'ok');
shows('an apostrophe in the data', await select(`name = '${"O'Brien"}'`), near('Brien'));
shows('a text that is cut off', await select("name = 'Ada"), `42601 unterminated quoted string at or near "'Ada"`);
shows('a comma too many', await said(db, 'SELECT id, name, FROM orders'), near('FROM'));
shows('the word without it', await said(db, 'SELECT id, name FROM orders'), 'ok');
shows('a placeholder of another database', await said(db, 'SELECT id FROM orders WHERE id = ? AND name = ?', [1, 'a']), near('AND'));
shows('quotes of another database', await said(db, 'SELECT `id` FROM orders'), /^42601 syntax error at or near "/);
shows('a reserved word as a name', await said(db, 'INSERT INTO orders (id, user) VALUES (1, 2)'), near('user'));
shows('the same in quotes', await said(db, 'INSERT INTO orders (id, "user") VALUES (1, 2)'), 'ok');
shows('two statements with placeholders', await said(db, 'DELETE FROM orders WHERE id = $1; SELECT 1', [1]), '42601 cannot insert multiple commands into a prepared statement');
shows('rows after all that', (await db.query('SELECT FROM orders')).rowCount, '1');
await disconnect();
