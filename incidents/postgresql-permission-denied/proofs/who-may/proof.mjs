// Who may create and read what, from version 15: the owner of the database creates in `public`, another role does not; and what
// one role creates, another one may not read, unless default privileges said so before.
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const as = (user, text, database = 'shop') => ask({ host, user, database }, text);
for (const role of ['owner', 'migrator', 'app']) await as('postgres', `CREATE ROLE ${role} LOGIN`, 'postgres');
await as('postgres', 'CREATE DATABASE shop OWNER owner', 'postgres');
const DENIED = '42501 permission denied for schema public';
shows('another role creates', await as('migrator', 'CREATE TABLE a (id int)'), DENIED);
shows('the owner creates', await as('owner', 'CREATE TABLE b (id serial)'), 'done');
shows('another role reads', await as('app', 'SELECT * FROM b'), '42501 permission denied for table b');
shows('another role alters', await as('migrator', 'ALTER TABLE b ADD COLUMN c int'), '42501 must be owner of table b');
await as('owner', 'GRANT SELECT, INSERT ON b TO app');
shows('granted, reads', await as('app', 'SELECT count(*) FROM b'), '0');
shows('granted, writes', await as('app', 'INSERT INTO b DEFAULT VALUES'), '42501 permission denied for sequence b_id_seq');

await as('owner', 'GRANT USAGE, CREATE ON SCHEMA public TO migrator');
shows('granted on the schema, creates', await as('migrator', 'CREATE TABLE a (id serial)'), 'done');
shows('what it made, the application reads', await as('app', 'SELECT * FROM a'), '42501 permission denied for table a');
await as('migrator', 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO app');
shows('with default privileges, one that was there', await as('app', 'SELECT * FROM a'), '42501 permission denied for table a');
await as('migrator', 'CREATE TABLE later (id serial)');
shows('with default privileges, a later one', await as('app', 'INSERT INTO later DEFAULT VALUES'), 'done');
await as('postgres', 'CREATE SCHEMA other; CREATE TABLE other.t (id int); GRANT SELECT ON other.t TO app');
shows('a schema that it may not use', await as('app', 'SELECT * FROM other.t'), '42501 permission denied for schema other');
await stop();
