// What else may have the name of the table, and how to tell it from the race: what the catalog
// query of the runbook shows, what CREATE TABLE IF NOT EXISTS says to a server that starts alone,
// twice, and what the first write says. A stray type fails at every start; the race does not.
import assert from 'node:assert/strict';
import { connect, disconnect, said } from '../helpers/database.mjs';

const client = await connect();
const create = 'CREATE TABLE IF NOT EXISTS "Sessions" (sid varchar(36) PRIMARY KEY, data text)';
// The query of the runbook, word for word, except that the name is a parameter. It makes a query for
// each catalog that has names; psql runs them with \gexec.
const catalog = String.raw`
SELECT format($$SELECT type, schema, CASE WHEN type ~ '^(composite )?type$|^view|^foreign t' THEN 'in the way'
  ELSE 'fits the race' END FROM %1$s c, pg_identify_object(%1$L::regclass, c.oid, 0)
  WHERE %2$I = %3$L AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = %1$L::regclass AND objid = c.oid
  AND deptype = 'i' AND %2$L ~ 'typ|pro')$$, attrelid::regclass, attname, $1::text)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind = 'r'
WHERE relnamespace = 'pg_catalog'::regnamespace
  AND attname ~ '^(rel|typ|nsp|ext|dat|pro|coll|opr|opf|cfg|am|evt|fdw|srv|lan|pub|spc)name$'
UNION ALL SELECT format('SELECT %L, NULL, %L FROM pg_roles WHERE rolname = %L', 'role', 'fits the race', $1::text)`;
async function namedLike(name) {
  const { rows: queries } = await client.query({ text: catalog, values: [name], rowMode: 'array' });
  const found = [];
  for (const [text] of queries) found.push(...(await client.query({ text, rowMode: 'array' })).rows);
  return found.map((row) => row.join('|')).sort();
}
const cases = [
  ['enum', `CREATE TYPE "Sessions" AS ENUM ('a')`, 'type|public|in the way', '42710 type "Sessions" already exists', '42P01'],
  ['domain', 'CREATE DOMAIN "Sessions" AS text', 'type|public|in the way', '42710 type "Sessions" already exists', '42P01'],
  ['range', 'CREATE TYPE "Sessions" AS RANGE (subtype = int4)', 'type|public|in the way', '42710 type "Sessions" already exists', '42P01'],
  ['composite type', 'CREATE TYPE "Sessions" AS (sid text)', 'composite type|public|in the way and type|public|in the way', 'ok', '42809'],
  ['view', 'CREATE VIEW "Sessions" AS SELECT current_user::text AS sid', 'view|public|in the way', 'ok', '55000'],
  ['table', create, 'table|public|fits the race', 'ok', 'ok'],
  ['nothing', 'SELECT', '', 'ok', 'ok'],
];
for (const [what, make, letters, start, write] of cases) {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await client.query(make);
  const shown = (await namedLike('Sessions')).join(' and ') || 'no row';
  const starts = [await said(client, create), await said(client, create)];
  const first = await said(client, `INSERT INTO "Sessions" (sid) VALUES ('x')`);
  console.log(`${what}: catalog ${shown}; start: ${starts.join('; again: ')}; write: ${first}`);
  assert.equal(shown, letters || 'no row');
  assert.deepEqual(starts, [start, start]);
  assert.ok(first.startsWith(write), `the write said ${first}`);
}
// What else can be created twice at once has its own word, too. A name can be that of several things.
for (const [name, make, words] of [
  ['posts_title', 'CREATE TABLE posts (title text); CREATE INDEX posts_title ON posts (title)', ['index|public']],
  ['numbers', 'CREATE SEQUENCE numbers', ['sequence|public']],
  ['totals', 'CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id', ['materialized view|public']],
  ['touch', `CREATE FUNCTION touch() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION touch(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, ['function|public', 'function|public']],
  ['plpgsql', 'SELECT', ['extension|', 'language|']],
  ['changes', 'CREATE PUBLICATION changes FOR TABLE posts', ['publication|']],
  ['plain', `CREATE COLLATION plain (locale = 'C')`, ['collation|public']],
  ['pg_default', 'SELECT', ['tablespace|']],
  ['btree', 'SELECT', ['access method|']],
  ['plaza', 'CREATE SCHEMA plaza; CREATE ROLE plaza', ['role|', 'schema|']],
]) {
  await client.query(make);
  const shown = (await namedLike(name)).join(' and ');
  console.log(`${name}: catalog ${shown}`);
  assert.equal(shown, words.map((word) => `${word}|fits the race`).join(' and '));
}
const { rows: [[own]] } = await client.query({ text: 'SELECT current_database()', rowMode: 'array' });
const databases = await namedLike(own);
console.log(`its own database: catalog ${databases}`);
assert.ok(databases.includes('database||fits the race'));
await client.query('DROP ROLE plaza'); // it belongs to the server
// A plain CREATE TABLE on a table that is there.
const plain = await said(client, 'CREATE TABLE "Sessions" (sid text)');
console.log(`CREATE TABLE without IF NOT EXISTS: ${plain}`);
assert.equal(plain, '42P07 relation "Sessions" already exists');
await disconnect();
