// The popular advice, tried: IF NOT EXISTS makes a retry safe. The first try fails and leaves an
// INVALID index behind; the retry finds its name, says nothing is to do, and succeeds. Queries do not
// use the index, and a unique one lets duplicates in that were there. Dropped and made again, it is
// valid and used.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = await connect();
await client.query('CREATE TABLE users AS SELECT i AS id, i % 50000 AS email FROM generate_series(1, 60000) i');
const CREATE = 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_email ON users (email)';
const state = async () => (await client.query("SELECT coalesce((SELECT CASE WHEN indisvalid THEN 'valid' ELSE 'INVALID' END FROM pg_index WHERE indexrelid = to_regclass('users_email')), 'none') AS is")).rows[0].is;
const plan = async () => {
  await client.query('ANALYZE users');
  const { rows } = await client.query('EXPLAIN (COSTS OFF) SELECT * FROM users WHERE email = 7');
  return rows.some((row) => row['QUERY PLAN'].includes('users_email')) ? 'uses the index' : 'reads the whole table';
};

shows('before', await state(), 'none');
shows('first try, with duplicates', await said(client, CREATE), /^23505 could not create unique index "users_email"/);
shows('after it', await state(), 'INVALID');
await client.query('DELETE FROM users WHERE id > 50000');
const notices = [];
client.on('notice', (notice) => notices.push(notice.message));
shows('the retry, duplicates removed', await said(client, CREATE), 'ok');
shows('what it said', notices.at(-1), 'relation "users_email" already exists, skipping');
shows('after the retry', await state(), 'INVALID');
shows('a query', await plan(), 'reads the whole table');
shows('the retry without IF NOT EXISTS', await said(client, CREATE.replace('IF NOT EXISTS ', '')), '42P07 relation "users_email" already exists');
await client.query('DROP INDEX CONCURRENTLY IF EXISTS users_email');
shows('dropped first, then made', await said(client, CREATE), 'ok');
shows('after that', await state(), 'valid');
shows('a query', await plan(), 'uses the index');
await disconnect();
