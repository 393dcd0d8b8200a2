// The commands of the runbook: each cause, with the position that the server gives.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const db = await connect();
await db.query('CREATE TABLE orders (id int, name text)');
const values = { QUERY_FILE: 'query.sql', DATABASE_URL: process.env.DATABASE_URL };
const cause = async (text) => {
  const error = await db.query(text).then(() => ({ position: 'none' }), (reason) => reason);
  writeFileSync('query.sql', text + '\n');
  return await runbook('diagnosis-1', { ...values, POSITION: error.position });
};
const is = (how) => new RegExp(`>>> .* and cause: ${how}; exit 0$`);
shows('an empty list', await cause('SELECT id FROM orders WHERE id IN ()'), 'SELECT id FROM orders WHERE id IN ( >>> ) and cause: an empty list; exit 0');
shows('no value at the end', await cause('SELECT id FROM orders WHERE id = '), / >>>  and cause: a value is missing; exit 0$/);
shows('no value before a word', await cause('SELECT id FROM orders\nWHERE id = ORDER BY id'), is('a value is missing'));
shows('another placeholder', await cause('SELECT id FROM orders WHERE id = ? AND name = ?'), is('a placeholder of another database'));
shows('other quotes', await cause('SELECT `id` FROM orders'), is('quotes of another database'));
shows('a placeholder for a name', await cause('SELECT id FROM $1'), is('a placeholder where a name or a keyword must stand'));
shows('a comma', await cause('SELECT id, name, FROM orders'), is('a comma too many'));
shows('an apostrophe', await cause("SELECT id FROM orders WHERE name = 'O'Brien'"), is('an apostrophe in the data'));
shows('a reserved word', await cause('SELECT id FROM user u, order'), is('a reserved word as a name, or a word too early'));
shows('none of these', await cause('SELEC id FROM orders'), is('compare with the manual of this version of the server'));
shows('version', await runbook('diagnosis-2', values), /^\d+[.\d]*.*; exit 0$/);

const read = (text) => { writeFileSync('query.sql', text + '\n'); return runbook('verification-1', values); };
shows('read, fault', await read('SELECT id FROM orders WHERE id IN ()'), 'nothing; exit 3');
shows('read, fixed', await read('SELECT id FROM orders WHERE id = ANY($1)'), 'read; exit 0');

mkdirSync('src');
const check = (text) => { writeFileSync('src/orders.js', text + '\n'); return runbook('check-no-value-is-part-of-a-statement', { SOURCE: 'src' }); };
shows('check, fault', await check('pool.query(`SELECT * FROM orders WHERE id IN (${ids})`);'), /^src\/orders\.js:1:.*; exit 0$/);
shows('check, fixed', await check("pool.query('SELECT * FROM orders WHERE id = ANY($1)', [ids]);"), 'nothing; exit 1');
shows('check, a template without a value', await check('pool.query(`SELECT * FROM orders`);'), 'nothing; exit 1');
await disconnect();
