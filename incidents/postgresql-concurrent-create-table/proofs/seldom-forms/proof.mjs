// The race can print two other texts, which also have other causes. B has looked for the table and
// found none, and is held before it looks once more: at pg_type, or at pg_class. Meanwhile A
// commits. Then B finds what it did not find before. No stray type is anywhere.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';

const columns = '(sid varchar(36) PRIMARY KEY)';
for (const [catalog, expected] of [
  ['pg_type', '42710 type "Sessions" already exists'],
  ['pg_class', '42P07 relation "Sessions" already exists'],
]) {
  const [control, a, b] = [await connect(), await connect(), await connect()];
  await a.query('BEGIN');
  await a.query(`CREATE TABLE "Sessions" ${columns}`);
  console.log('A: BEGIN; CREATE TABLE "Sessions"');
  const gate = await holdCreateTable(catalog);
  const answer = said(b, `CREATE TABLE IF NOT EXISTS "Sessions" ${columns}`);
  await untilWaiting(control, 1);
  console.log(`B: CREATE TABLE IF NOT EXISTS "Sessions"   held at ${catalog}`);
  await a.query('COMMIT');
  console.log('A: COMMIT');
  await gate.query('COMMIT');
  const text = await answer;
  console.log(`B: ${text}`);
  assert.equal(text, expected);
  await control.query('DROP TABLE "Sessions"');
  await disconnect();
}
