// The popular beliefs, tried: the data is corrupt, and the index has to be built again. The ids are
// unique, the index is valid, and after REINDEX and VACUUM FULL the error is the same. A restart of
// the application skips nothing either. Only the sequence helps.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = await connect();
await client.query('CREATE TABLE users (id serial PRIMARY KEY, name text)');
await client.query("INSERT INTO users SELECT i, 'imported' FROM generate_series(1, 1000) i");
const INSERT = "INSERT INTO users (name) VALUES ('new')";
const ERROR = /^23505 duplicate key value violates unique constraint "users_pkey"/;
shows('a new row', await said(client, INSERT), ERROR);
const { rows: [found] } = await client.query("SELECT count(*) = count(DISTINCT id) AS unique, (SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_pkey'::regclass) AS valid FROM users");
shows('all ids are unique, the index is valid', `${found.unique}, ${found.valid}`, 'true, true');
shows('REINDEX, VACUUM FULL', `${await said(client, 'REINDEX TABLE users')}, ${await said(client, 'VACUUM FULL users')}`, 'ok, ok');
shows('a new row after them', await said(client, INSERT), ERROR);
shows('setval', await said(client, "SELECT setval(pg_get_serial_sequence('users', 'id'), max(id)) FROM users"), 'ok');
shows('a new row after that', await said(client, INSERT), 'ok');
shows('its id', (await client.query('SELECT max(id) FROM users')).rows[0].max, '1001');
await disconnect();
