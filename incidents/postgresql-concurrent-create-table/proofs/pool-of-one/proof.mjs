// The trap of the advisory lock: when the transaction is not passed to sync(), sync() takes another
// connection. With pool.max 1 there is none while the lock is held, so the start waits for itself
// until the pool gives up; the limit is short here, and a longer one would only take longer. With
// the transaction passed, one connection is enough.
import assert from 'node:assert/strict';
import { shown, close, store } from '../shared/store.mjs';

for (const passed of [false, true]) {
  const server = store('Sessions', { pool: { max: 1, acquire: 1000 } });
  const { db, store: sessions } = server;
  const ended = await db.transaction(async (transaction) => {
    await db.query('SELECT pg_advisory_xact_lock(727)', { transaction });
    await sessions.sync(passed ? { transaction } : {});
  }).then(() => 'started', shown);
  console.log(`pool.max 1, transaction ${passed ? 'passed' : 'not passed'}: ${ended}`);
  assert.match(ended, passed ? /^started$/ : /^SequelizeConnectionAcquireTimeoutError: Operation timeout/);
  await close(server);
}
