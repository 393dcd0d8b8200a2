// What else may have the name of the table, and how to tell it from the race: what the catalog
// query of the runbook shows, what CREATE TABLE IF NOT EXISTS says to a server that starts alone,
// twice, and what the first write says. A stray type fails at every start; the race does not.
import assert from 'node:assert/strict';
import { connect, disconnect, said } from '../shared/database.mjs';

const client = await connect();
const create = 'CREATE TABLE IF NOT EXISTS "Sessions" (sid varchar(36) PRIMARY KEY, data text)';
// The query of the runbook, word for word, except that the name is a parameter.
const catalog = `
  SELECT kind, namespace::regnamespace FROM (
    SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'i' THEN 'index'
      WHEN 'I' THEN 'partitioned index' WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view'
      WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'composite type' END, relnamespace
    FROM pg_class WHERE relname = $1
    UNION ALL SELECT CASE typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range'
      ELSE 'other type' END, typnamespace FROM pg_type WHERE typname = $1 AND typrelid = 0
    UNION SELECT 'function', pronamespace FROM pg_proc WHERE proname = $1
      AND NOT EXISTS (SELECT FROM pg_type WHERE typname = proname)
    UNION ALL SELECT 'extension', extnamespace FROM pg_extension WHERE extname = $1
    UNION ALL SELECT 'schema', NULL FROM pg_namespace WHERE nspname = $1
    UNION ALL SELECT 'role', NULL FROM pg_roles WHERE rolname = $1
    UNION ALL SELECT 'database', NULL FROM pg_database WHERE datname = $1
    UNION ALL SELECT 'collation', collnamespace FROM pg_collation WHERE collname = $1
    UNION ALL SELECT 'conversion', connamespace FROM pg_conversion WHERE conname = $1
    UNION ALL SELECT 'operator', oprnamespace FROM pg_operator WHERE oprname = $1
    UNION ALL SELECT 'operator family', opfnamespace FROM pg_opfamily WHERE opfname = $1
    UNION ALL SELECT 'text search configuration', cfgnamespace FROM pg_ts_config WHERE cfgname = $1
    UNION ALL SELECT 'access method', NULL FROM pg_am WHERE amname = $1
    UNION ALL SELECT 'event trigger', NULL FROM pg_event_trigger WHERE evtname = $1
    UNION ALL SELECT 'foreign-data wrapper', NULL FROM pg_foreign_data_wrapper WHERE fdwname = $1
    UNION ALL SELECT 'foreign server', NULL FROM pg_foreign_server WHERE srvname = $1
    UNION ALL SELECT 'language', NULL FROM pg_language WHERE lanname = $1
    UNION ALL SELECT 'publication', NULL FROM pg_publication WHERE pubname = $1
    UNION ALL SELECT 'subscription', NULL FROM pg_stat_subscription WHERE subname = $1
    UNION ALL SELECT 'tablespace', NULL FROM pg_tablespace WHERE spcname = $1
  ) AS found (kind, namespace);`;
const cases = [
  ['enum', `CREATE TYPE "Sessions" AS ENUM ('a')`, 'enum|public', '42710 type "Sessions" already exists', '42P01'],
  ['domain', 'CREATE DOMAIN "Sessions" AS text', 'domain|public', '42710 type "Sessions" already exists', '42P01'],
  ['range', 'CREATE TYPE "Sessions" AS RANGE (subtype = int4)', 'range|public', '42710 type "Sessions" already exists', '42P01'],
  ['composite type', 'CREATE TYPE "Sessions" AS (sid text)', 'composite type|public', 'ok', '42809'],
  ['view', 'CREATE VIEW "Sessions" AS SELECT current_user::text AS sid', 'view|public', 'ok', '55000'],
  ['table', create, 'table|public', 'ok', 'ok'],
  ['nothing', 'SELECT', '', 'ok', 'ok'],
];
for (const [what, make, letters, start, write] of cases) {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await client.query(make);
  const { rows } = await client.query({ text: catalog, values: ['Sessions'], rowMode: 'array' });
  const found = rows.map((row) => row.join('|')).join(' and ') || 'no row';
  const starts = [await said(client, create), await said(client, create)];
  const first = await said(client, `INSERT INTO "Sessions" (sid) VALUES ('x')`);
  console.log(`${what}: catalog ${found}; start: ${starts.join('; again: ')}; write: ${first}`);
  assert.equal(found, letters || 'no row');
  assert.deepEqual(starts, [start, start]);
  assert.ok(first.startsWith(write), `the write said ${first}`);
}
// What else can be created twice at once has its own word, too. A name can be that of several things.
for (const [name, make, words] of [
  ['posts_title', 'CREATE TABLE posts (title text); CREATE INDEX posts_title ON posts (title)', 'index|public'],
  ['numbers', 'CREATE SEQUENCE numbers', 'sequence|public'],
  ['totals', 'CREATE MATERIALIZED VIEW totals AS SELECT 1 AS id', 'materialized view|public'],
  ['touch', `CREATE FUNCTION touch() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION touch(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, 'function|public'],
  ['plpgsql', 'SELECT', 'extension|pg_catalog and language|'],
  ['changes', 'CREATE PUBLICATION changes FOR TABLE posts', 'publication|'],
  ['plain', `CREATE COLLATION plain (locale = 'C')`, 'collation|public'],
  ['pg_default', 'SELECT', 'tablespace|'],
  ['btree', 'SELECT', 'access method|'],
  ['plaza', 'CREATE SCHEMA plaza; CREATE ROLE plaza', 'role| and schema|'],
]) {
  await client.query(make);
  const { rows } = await client.query({ text: catalog, values: [name], rowMode: 'array' });
  const found = rows.map((row) => row.join('|')).sort().join(' and ');
  console.log(`${name}: catalog ${found}`);
  assert.equal(found, words);
}
const { rows: [[own]] } = await client.query({ text: 'SELECT current_database()', rowMode: 'array' });
const { rows: databases } = await client.query({ text: catalog, values: [own], rowMode: 'array' });
console.log(`its own database: catalog ${databases.map((row) => row.join('|'))}`);
assert.ok(databases.some(([kind]) => kind === 'database'));
await client.query('DROP ROLE plaza'); // it belongs to the server
// A plain CREATE TABLE on a table that is there.
const plain = await said(client, 'CREATE TABLE "Sessions" (sid text)');
console.log(`CREATE TABLE without IF NOT EXISTS: ${plain}`);
assert.equal(plain, '42P07 relation "Sessions" already exists');
await disconnect();
