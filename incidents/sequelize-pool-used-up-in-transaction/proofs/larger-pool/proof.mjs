// The popular advice, tried: a larger pool and a longer wait. With 6 connections 3 requests end, and
// 6 fail exactly as 3 did before. With a longer `acquire` the same number fails, only later.
import assert from 'node:assert/strict';
import { shows } from '../helpers/runbook.mjs';
import { requests, server } from '../shared/orders.mjs';

const TIMEOUT = 'SequelizeConnectionAcquireTimeoutError: Operation timeout';
for (const [max, count, ended] of [[6, 3, '3 stored'], [6, 6, `6 ${TIMEOUT}`], [12, 12, `12 ${TIMEOUT}`]]) {
  const db = server(max);
  shows(`pool.max ${max}, ${count} requests`, await requests(db, count), ended);
  await db.close();
}
for (const acquire of [300, 1200]) {
  const db = server(3, { acquire });
  const begin = Date.now();
  shows(`acquire ${acquire}, 3 requests`, await requests(db, 3), `3 ${TIMEOUT}`);
  assert.ok(Date.now() - begin >= acquire - 5);
  console.log(`acquire ${acquire}: nobody was served before it had passed`);
  await db.close();
}
