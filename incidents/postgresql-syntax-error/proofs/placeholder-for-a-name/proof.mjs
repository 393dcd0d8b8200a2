// The popular advice, tried: a placeholder for a name, and quotes around a value. Then the fix.
import pg from 'pg';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const db = await connect();
await db.query('CREATE TABLE orders (id int, name text)');
await db.query(`INSERT INTO orders VALUES (1, 'O''Brien'), (2, 'Ada')`);
const near = (word) => `42601 syntax error at or near "${word}"`;
shows('a placeholder for the table', await said(db, 'SELECT id FROM $1', ['orders']), near('$1'));
shows('for the direction', await said(db, 'SELECT id FROM orders ORDER BY id $1', ['DESC']), near('$1'));
shows('for a setting', await said(db, 'SET lock_timeout = $1', ['1s']), near('$1'));
const count = async (...words) => (await db.query(...words)).rowCount;
const table = pg.escapeIdentifier('orders');
shows('a name quoted by the client, rows', await count(`SELECT id FROM ${table}`), '2');

const quoted = (value) => `SELECT id FROM orders WHERE name = '${value}'`;
shows('quotes around Ada, rows', await count(quoted('Ada')), '1');
shows("quotes around O'Brien", await said(db, quoted("O'Brien")), near('Brien'));
shows('quotes around a hostile value, rows', await count(quoted("' OR '1'='1")), '2');
const byName = (value) => count('SELECT id FROM orders WHERE name = $1', [value]);
shows("a parameter for O'Brien, rows", await byName("O'Brien"), '1');
shows('a parameter for the hostile value, rows', await byName("' OR '1'='1"), '0');

const ids = (list) => count('SELECT id FROM orders WHERE id = ANY($1)', [list]);
shows('an array of two, rows', await ids([1, 2]), '2');
shows('an empty array, rows', await ids([]), '0');
await disconnect();
