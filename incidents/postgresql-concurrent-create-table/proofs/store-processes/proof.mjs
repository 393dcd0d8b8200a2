// The real session store, connect-session-sequelize, in processes of their own, as copies of a
// server: all call store.sync() on a database where the table is missing. A lock holds the first
// one just before its end, until all of them have come; so they meet in every round. All but one
// fail, with the name of the write-up's release and with the name of its fix.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { copies } from '../shared/copies.mjs';

const COPIES = 3;
const ROUNDS = 3;
const control = await connect();
const server = await copies(COPIES, 'start.mjs');
for (const table of ['Sessions', 'UserSessions']) {
  let crashed = 0;
  let texts = [];
  for (let round = 0; round < ROUNDS; round++) {
    const gate = await holdCreateTable();
    const ended = server.start(table);
    await untilWaiting(control, COPIES);
    await gate.query('COMMIT');
    texts = (await ended).sort();
    crashed += texts.filter((text) => text !== 'started').length === COPIES - 1;
    await control.query(`DROP TABLE "${table}"`);
  }
  console.log(`${table}: ${COPIES - 1} of ${COPIES} copies crash, in ${crashed} of ${ROUNDS} rounds. The last round:`);
  texts.forEach((text) => console.log(`  ${text}`));
  assert.equal(crashed, ROUNDS);
  assert.match(texts[0], new RegExp(`23505 .*"pg_type_typname_nsp_index", Key \\(typname, typnamespace\\)=\\(${table}, 2200\\)`));
}
server.end();
await disconnect();
