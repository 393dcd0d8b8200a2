// After the crash the same start succeeds, with nothing changed: the other connection has made the
// table by then, and IF NOT EXISTS skips it. So that it works after a rename, or that one server
// starts, shows nothing: both hold with the fault in place. What does not heal is a stray type of
// that name; a lone restart tells the two apart.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { close, shown, store } from '../shared/store.mjs';

const control = await connect();

/** The start of the incident's server: it syncs over two connections and waits for neither first. */
async function start(table, collide) {
  const server = store(table);
  const gate = collide && await holdCreateTable();
  const ended = Promise.all([server.db.sync(), server.store.sync()]).then(() => 'started', shown);
  if (collide) {
    await untilWaiting(control, 2);
    await gate.query('COMMIT');
  }
  const text = await ended;
  await close(server);
  return text;
}

for (const table of ['Sessions', 'UserSessions']) {
  const texts = [await start(table, true), await start(table, false), await start(table, false)];
  texts.forEach((text, number) => console.log(`${table}, start ${number + 1}: ${text}`));
  assert.match(texts[0], /23505 .*pg_type_typname_nsp_index/);
  assert.deepEqual(texts.slice(1), ['started', 'started']);
}

const lone = store('Carts');
await lone.store.sync();
console.log('Carts, one server that waits for each sync: started, with the fault in place');
await close(lone);

await control.query(`DROP TABLE "Sessions"; CREATE TYPE "Sessions" AS ENUM ('a')`);
for (const number of [1, 2, 3]) {
  const server = store('Sessions');
  const text = await server.store.sync().then(() => 'started', shown);
  console.log(`stray enum type, lone start ${number}: ${text}`);
  assert.match(text, /42710 type "Sessions" already exists/);
  await close(server);
}
await disconnect();
