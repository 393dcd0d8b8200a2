// The commands of the runbook: what has this name, what the records say, and code that makes the schema at its start.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE SCHEMA "My Shop"; CREATE TABLE orders (id int CONSTRAINT positive CHECK (id > 0), state text); CREATE TABLE "My Shop".orders (id int);
  CREATE TYPE state AS ENUM ('open'); CREATE INDEX orders_id ON orders (id);
  CREATE TABLE "My Shop".knex_migrations (id serial, name text); INSERT INTO "My Shop".knex_migrations (name) VALUES ('1_orders.js');
  CREATE TABLE "SequelizeMeta" (name text)`);
const named = (NAME) => runbook('diagnosis-1', { NAME });
shows('table', await named('orders'), 'table "My Shop".orders, 0 rows estimated, columns: id and table public.orders, 0 rows estimated, columns: id, state; exit 0');
shows('type and column', await named('state'), 'column state of public.orders and type public.state; exit 0');
shows('index', await named('orders_id'), 'index public.orders_id: CREATE INDEX orders_id ON public.orders USING btree (id); exit 0');
shows('constraint', await named('positive'), 'constraint positive of public.orders: CHECK ((id > 0)); exit 0');
shows('nothing', await named('missing'), 'nothing; exit 0');
const records = (MIGRATION) => runbook('diagnosis-2', { MIGRATION });
shows('records', await records('1_orders'), '"My Shop".knex_migrations: 1 rows, 1 with this name and public."SequelizeMeta": 0 rows, 0 with this name; exit 0');
shows('records, another', await records('2_state'), /1 rows, 0 with this name .*; exit 0$/);
shows('verification', await runbook('verification-1', { MIGRATION: '1_orders' }), '"My Shop".knex_migrations; exit 0');
shows('verification, not recorded', await runbook('verification-1', { MIGRATION: '2_state' }), 'nothing; exit 0');
mkdirSync('src');
writeFileSync('src/db.js', 'await sequelize.sync({ alter: true });\nexport default new DataSource({ type, synchronize: true });\n');
shows('check, fault', await runbook('check-no-schema-at-start', { SOURCE: 'src' }), /^src\/db.js:1:.* and src\/db.js:2:.*; exit 0$/);
writeFileSync('src/db.js', 'export default new DataSource({ type, synchronize: false });\n');
shows('check, fixed', await runbook('check-no-schema-at-start', { SOURCE: 'src' }), 'nothing; exit 1');
await disconnect();
