// The same race on what else a start-up or a migration creates: an enum type (as Sequelize makes
// for an ENUM column), a view, a schema, an index and a sequence. IF NOT EXISTS helps none of them.
import assert from 'node:assert/strict';
import { connect, disconnect } from '../shared/database.mjs';
import { race } from '../shared/race.mjs';

const client = await connect();
await client.query('CREATE TABLE "Posts" (title text)');
await disconnect();
const duplicate = (index, detail) => `23505 duplicate key value violates unique constraint "${index}", Key ${detail} already exists.`;
const type = (name) => duplicate('pg_type_typname_nsp_index', `(typname, typnamespace)=(${name}, 2200)`);
const relation = (name) => duplicate('pg_class_relname_nsp_index', `(relname, relnamespace)=(${name}, 2200)`);
for (const [statement, expected] of [
  [`CREATE TYPE "enum_Posts_kind" AS ENUM ('a', 'b')`, type('enum_Posts_kind')],
  ['CREATE OR REPLACE VIEW recent AS SELECT 1 AS id', type('recent')],
  ['CREATE SCHEMA IF NOT EXISTS shop', duplicate('pg_namespace_nspname_index', '(nspname)=(shop)')],
  ['CREATE INDEX IF NOT EXISTS posts_title ON "Posts" (title)', relation('posts_title')],
  ['CREATE SEQUENCE IF NOT EXISTS numbers', relation('numbers')],
]) {
  assert.equal(await race(statement, statement), expected);
}
