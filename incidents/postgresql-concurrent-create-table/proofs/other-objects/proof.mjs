// The same race on all else that a start-up, a migration or a provisioning script creates. IF NOT
// EXISTS and OR REPLACE help none of them. Then what looks alike and is not: statements that lock
// the table that they change wait, and find what the other session has made.
import assert from 'node:assert/strict';
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';
import { race } from '../shared/race.mjs';

const client = await connect();
await client.query(`
  DROP EXTENSION plpgsql;
  CREATE TABLE "Posts" (title text);
  CREATE ROLE readers;
  CREATE FUNCTION counted() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FOREIGN DATA WRAPPER files`);
await disconnect();

const duplicate = (index, detail) => `23505 duplicate key value violates unique constraint "${index}", Key ${detail} already exists.`;
const type = (name) => duplicate('pg_type_typname_nsp_index', `(typname, typnamespace)=(${name}, 2200)`);
const relation = (name) => duplicate('pg_class_relname_nsp_index', `(relname, relnamespace)=(${name}, 2200)`);
const routine = (name, types) => duplicate('pg_proc_proname_args_nsp_index', `(proname, proargtypes, pronamespace)=(${name}, ${types}, 2200)`);
for (const [statement, expected] of [
  [`CREATE TYPE "enum_Posts_kind" AS ENUM ('a', 'b')`, type('enum_Posts_kind')],
  ['CREATE DOMAIN email AS text', type('email')],
  ['CREATE OR REPLACE VIEW recent AS SELECT 1 AS id', type('recent')],
  ['CREATE MATERIALIZED VIEW IF NOT EXISTS totals AS SELECT 1 AS id', type('totals')],
  ['CREATE INDEX IF NOT EXISTS posts_title ON "Posts" (title)', relation('posts_title')],
  ['CREATE SEQUENCE IF NOT EXISTS numbers', relation('numbers')],
  ['CREATE SCHEMA IF NOT EXISTS shop', duplicate('pg_namespace_nspname_index', '(nspname)=(shop)')],
  ['CREATE EXTENSION IF NOT EXISTS plpgsql', duplicate('pg_extension_name_index', '(extname)=(plpgsql)')],
  [`CREATE OR REPLACE FUNCTION touch() RETURNS int LANGUAGE sql AS 'SELECT 1'`, routine('touch', '')],
  [`CREATE OR REPLACE FUNCTION price(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'`, routine('price', '23 25')],
  ['CREATE ROLE app', duplicate('pg_authid_rolname_index', '(rolname)=(app)')],
  ['CREATE PUBLICATION changes FOR TABLE "Posts"', duplicate('pg_publication_pubname_index', '(pubname)=(changes)')],
  [`CREATE COLLATION IF NOT EXISTS plain (locale = 'C')`, duplicate('pg_collation_name_enc_nsp_index', '(collname, collencoding, collnamespace)=(plain, 6, 2200)')],
  ['CREATE SERVER IF NOT EXISTS archive FOREIGN DATA WRAPPER files', duplicate('pg_foreign_server_name_index', '(srvname)=(archive)')],
  ['CREATE TEXT SEARCH CONFIGURATION words (COPY = simple)', duplicate('pg_ts_config_cfgname_index', '(cfgname, cfgnamespace)=(words, 2200)')],
  ['CREATE OPERATOR === (leftarg = int, rightarg = int, procedure = int4eq)', duplicate('pg_operator_oprname_l_r_n_index', '(oprname, oprleft, oprright, oprnamespace)=(===, 23, 23, 2200)')],
  [`CREATE CONVERSION latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8`, duplicate('pg_conversion_name_nsp_index', '(conname, connamespace)=(latin, 2200)')],
  ['CREATE ACCESS METHOD tree TYPE INDEX HANDLER bthandler', duplicate('pg_am_name_index', '(amname)=(tree)')],
  ['CREATE FOREIGN DATA WRAPPER others', duplicate('pg_foreign_data_wrapper_name_index', '(fdwname)=(others)')],
  // Not this: no name is created, or the table's lock makes the second session wait and look again.
  [`CREATE OR REPLACE FUNCTION counted() RETURNS int LANGUAGE sql AS 'SELECT 2'`, 'XX000 tuple concurrently updated'],
  ['GRANT SELECT ON "Posts" TO readers', 'XX000 tuple concurrently updated'],
  ['CREATE TRIGGER touched BEFORE UPDATE ON "Posts" FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', '42710 trigger "touched" for relation "Posts" already exists'],
  ['CREATE POLICY owners ON "Posts"', '42710 policy "owners" for table "Posts" already exists'],
  ['CREATE RULE none AS ON INSERT TO "Posts" DO NOTHING', '42710 rule "none" for relation "Posts" already exists'],
  ['ALTER TABLE "Posts" ADD CONSTRAINT held CHECK (true)', '42710 constraint "held" for relation "Posts" already exists'],
  ['ALTER TABLE "Posts" ADD CONSTRAINT once UNIQUE (title)', '42P07 relation "once" already exists'],
  ['ALTER TABLE "Posts" ADD COLUMN IF NOT EXISTS body text', 'ok'],
  [`ALTER TYPE "enum_Posts_kind" ADD VALUE IF NOT EXISTS 'c'`, 'ok'],
]) {
  assert.equal(await race(statement, statement), expected);
}

// CREATE DATABASE cannot run in a transaction: both are held where they write the name.
const [gate, one, other] = [await connect(), await connect(), await connect()];
await gate.query('BEGIN; LOCK TABLE pg_catalog.pg_database IN SHARE MODE');
const answers = [one, other].map((session) => said(session, 'CREATE DATABASE shop'));
await untilWaiting(await connect(), 2);
await gate.query('COMMIT');
const found = (await Promise.all(answers)).sort();
console.log(`CREATE DATABASE shop, twice: ${found.join('; ')}`);
assert.deepEqual(found, [duplicate('pg_database_datname_index', '(datname)=(shop)'), 'ok']);
// These belong to the server, not to the database of this proof.
for (const clean of ['DROP DATABASE shop', 'DROP OWNED BY readers', 'DROP ROLE readers, app']) await one.query(clean);
await disconnect();
