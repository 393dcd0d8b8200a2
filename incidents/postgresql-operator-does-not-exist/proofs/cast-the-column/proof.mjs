// The popular advice, tried: cast the column to text. The error is gone, and the index is not used; with the value cast, it is.
// And making the id a text: PostgreSQL then takes anything for an id.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query('CREATE TABLE users (id uuid PRIMARY KEY, name text); INSERT INTO users SELECT gen_random_uuid(), n FROM generate_series(1, 20000) AS n; ANALYZE users');
const { id } = (await admin.query('SELECT id FROM users LIMIT 1')).rows[0];
const plan = async (where) => /Seq Scan|Index Scan|Index Only Scan|Bitmap/.exec(JSON.stringify((await admin.query(`EXPLAIN SELECT name FROM users WHERE ${where}`)).rows))[0];
shows('before', await said(admin, `SELECT name FROM users WHERE id = '${id}'::text`), '42883 operator does not exist: uuid = text');
shows('the column cast', await said(admin, `SELECT name FROM users WHERE id::text = '${id}'::text`), 'ok');
shows('the column cast, the plan', await plan(`id::text = '${id}'::text`), 'Seq Scan');
shows('the value cast, the plan', await plan(`id = '${id}'::text::uuid`), 'Index Scan');
shows('no id, for a uuid', await said(admin, "INSERT INTO users VALUES ('undefined', 'a')"), /^22P02 /);
await admin.query('ALTER TABLE users ALTER COLUMN id TYPE text');
shows('no id, for a text', await said(admin, "INSERT INTO users VALUES ('undefined', 'a')"), 'ok');
shows('the same id in capitals', await said(admin, `INSERT INTO users VALUES ('${id.toUpperCase()}', 'b')`), 'ok');
await disconnect();
