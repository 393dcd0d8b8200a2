// The popular advice, tried: all privileges on the database, and all on all tables. The first is about connecting and new
// schemas, and not about `public`; the second is for tables that are there, and not for those of the next migration.
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const as = (user, text, database = 'shop') => ask({ host, user, database }, text);
await as('postgres', 'CREATE ROLE app LOGIN', 'postgres');
await as('postgres', 'CREATE DATABASE shop', 'postgres');
await as('postgres', 'GRANT ALL PRIVILEGES ON DATABASE shop TO app', 'postgres');
shows('all on the database', await as('app', 'CREATE TABLE a (id int)'), '42501 permission denied for schema public');
await as('postgres', 'CREATE TABLE b (id int)');
shows('and a table of another role', await as('app', 'SELECT * FROM b'), '42501 permission denied for table b');
await as('postgres', 'GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA public TO app');
shows('all on all tables', await as('app', 'SELECT count(*) FROM b'), '0');
await as('postgres', 'CREATE TABLE c (id int)');
shows('a table of the next migration', await as('app', 'SELECT * FROM c'), '42501 permission denied for table c');
await as('postgres', 'GRANT ALL ON SCHEMA public TO app');
shows('all on the schema', await as('app', 'CREATE TABLE a (id int)'), 'done');
await stop();
