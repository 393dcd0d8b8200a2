// One process is enough. It syncs the models and the session store, and does not wait for the
// first before it begins the second: two connections of its own create the table at once. What
// the error says is in its parent; its own message is only "Validation error". Awaited one after
// the other, nothing fails.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { close, shown, store } from '../shared/store.mjs';

const control = await connect();
for (const table of ['Sessions', 'UserSessions']) {
  const gate = await holdCreateTable();
  const server = store(table);
  const start = Promise.all([server.db.sync(), server.store.sync()]).then(() => undefined, (error) => error);
  await untilWaiting(control, 2);
  await gate.query('COMMIT');
  const error = await start;
  console.log(`Promise.all([db.sync(), store.sync()]), ${table}: ${error ? shown(error) : 'no error'}`);
  assert.equal(error?.name, 'SequelizeUniqueConstraintError');
  assert.equal(error.message, 'Validation error');
  assert.equal(error.parent.message, 'duplicate key value violates unique constraint "pg_type_typname_nsp_index"');
  assert.equal(error.parent.detail, `Key (typname, typnamespace)=(${table}, 2200) already exists.`);
  console.log(`  its statement: ${error.sql.slice(0, 40)} ...`);
  assert.ok(error.sql.startsWith(`CREATE TABLE IF NOT EXISTS "${table}"`));
  await close(server);

  await control.query(`DROP TABLE IF EXISTS "${table}"`);
  const patient = store(table);
  await patient.db.sync();
  await patient.store.sync();
  console.log(`await db.sync(); await store.sync(), ${table}: no error`);
  await close(patient);
}
await disconnect();
