// The fix: the table is created once, before, and a start only authenticates and looks whether the
// table is there. Four copies start together while nobody can create a table at all, because the
// catalog is locked: all are up. Then the table is missing: authenticate() alone does not notice,
// the first request does; with the look at pg_class the start stops and says why. A composite type
// of that name would pass to_regclass alone.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect } from '../helpers/database.mjs';
import { copies } from '../shared/copies.mjs';
import { close, shown, store } from '../shared/store.mjs';

const COPIES = 4;
const control = await connect();
const server = await copies(COPIES, 'start.mjs');
const start = async (state) => {
  const texts = await server.start('UserSessions');
  const up = texts.filter((text) => text === 'started').length;
  console.log(`${state}: ${up} of ${COPIES} copies are up${up ? '' : `; ${texts[0]}`}`);
  return up;
};

const migration = store('UserSessions');
await migration.store.sync();
const gate = await holdCreateTable('pg_type');
assert.equal(await start('table made before, nobody can create one now'), COPIES);
await gate.query('COMMIT');

await control.query('DROP TABLE "UserSessions"');
await migration.db.authenticate();
console.log('table missing: authenticate() succeeds');
const request = await new Promise((resolve) => { migration.store.get('sid', (error) => resolve(error ? shown(error) : 'no error')); });
console.log(`table missing: the first request: ${request}`);
assert.match(request, /42P01 relation "UserSessions" does not exist/);
assert.equal(await start('table missing'), 0);

await control.query('CREATE TYPE "UserSessions" AS (sid text)');
const { rows: [{ found }] } = await control.query(`SELECT to_regclass('public."UserSessions"')::text AS found`);
console.log(`composite type: to_regclass finds ${found}`);
assert.equal(found, '"UserSessions"');
assert.equal(await start('composite type'), 0);
server.end();
await close(migration);
await disconnect();
