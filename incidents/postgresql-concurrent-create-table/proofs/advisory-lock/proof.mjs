// The fix for servers that have to sync at their start: an advisory lock, held in the transaction
// that creates the table. Four copies start together, in the same rounds: without the lock three
// of four crash each time, with it none does. The rounds are made so that all meet: a lock on the
// catalog holds the first one until the others wait, for its transaction or for the advisory lock.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { copies } from '../shared/copies.mjs';

const COPIES = 4;
const ROUNDS = 5;
const control = await connect();
for (const [module, expected] of [['without-lock.mjs', ROUNDS], ['with-lock.mjs', 0]]) {
  const server = await copies(COPIES, module);
  let crashed = 0;
  let failed = 0;
  let events = [];
  for (let round = 0; round < ROUNDS; round++) {
    const gate = await holdCreateTable();
    const ended = server.start('Sessions');
    events = await untilWaiting(control, COPIES);
    await gate.query('COMMIT');
    const texts = await ended;
    failed += texts.filter((text) => text !== 'started').length;
    crashed += texts.some((text) => text !== 'started');
    await control.query('DROP TABLE "Sessions"');
  }
  server.end();
  console.log(`${module}: the copies wait for ${events.join(', ')}`);
  console.log(`${module}: rounds with a crash: ${crashed} of ${ROUNDS}, failed starts: ${failed} of ${ROUNDS * COPIES}`);
  assert.equal(crashed, expected, `${module} must crash in ${expected} of ${ROUNDS} rounds`);
}
await disconnect();
