// The test of a server: one request alone. Its pool is set by variables, as in production.
import assert from 'node:assert/strict';
import test from 'node:test';
import { requests, server } from '../shared/orders.mjs';

test('an order is stored', async () => {
  const db = server(Number(process.env.DB_POOL_MAX ?? 5), { acquire: Number(process.env.DB_POOL_ACQUIRE ?? 60000) });
  const ended = await requests(db, 1, { passed: process.env.FIXED === 'yes' });
  await db.close();
  assert.equal(ended, '1 stored');
});
