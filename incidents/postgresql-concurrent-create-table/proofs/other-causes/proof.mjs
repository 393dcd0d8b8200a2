// What else may have the name of the table, and how to tell it from the race: what the catalog
// query of the runbook shows, what CREATE TABLE IF NOT EXISTS says to a server that starts alone,
// twice, and what the first write says. A stray type fails at every start; the race does not.
import assert from 'node:assert/strict';
import { connect, disconnect, said } from '../shared/database.mjs';

const client = await connect();
const create = 'CREATE TABLE IF NOT EXISTS "Sessions" (sid varchar(36) PRIMARY KEY, data text)';
const cases = [
  ['enum', `CREATE TYPE "Sessions" AS ENUM ('a')`, 'e||public', '42710 type "Sessions" already exists', '42P01'],
  ['domain', 'CREATE DOMAIN "Sessions" AS text', 'd||public', '42710 type "Sessions" already exists', '42P01'],
  ['range', 'CREATE TYPE "Sessions" AS RANGE (subtype = int4)', 'r||public', '42710 type "Sessions" already exists', '42P01'],
  ['composite type', 'CREATE TYPE "Sessions" AS (sid text)', 'c|c|public', 'ok', '42809'],
  ['view', 'CREATE VIEW "Sessions" AS SELECT current_user::text AS sid', 'c|v|public', 'ok', '55000'],
  ['table', create, 'c|r|public', 'ok', 'ok'],
  ['nothing', 'SELECT', '', 'ok', 'ok'],
];
for (const [what, make, letters, start, write] of cases) {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await client.query(make);
  const { rows } = await client.query(
    `SELECT concat_ws('|', t.typtype, coalesce(c.relkind::text, ''), t.typnamespace::regnamespace) AS letters
     FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE t.typname = $1`, ['Sessions']);
  const starts = [await said(client, create), await said(client, create)];
  const first = await said(client, `INSERT INTO "Sessions" (sid) VALUES ('x')`);
  console.log(`${what}: catalog ${rows[0]?.letters ?? 'no row'}; start: ${starts.join('; again: ')}; write: ${first}`);
  assert.equal(rows[0]?.letters ?? '', letters);
  assert.deepEqual(starts, [start, start]);
  assert.ok(first.startsWith(write), `the write said ${first}`);
}
// A plain CREATE TABLE on a table that is there.
const plain = await said(client, 'CREATE TABLE "Sessions" (sid text)');
console.log(`CREATE TABLE without IF NOT EXISTS: ${plain}`);
assert.equal(plain, '42P07 relation "Sessions" already exists');
await disconnect();
