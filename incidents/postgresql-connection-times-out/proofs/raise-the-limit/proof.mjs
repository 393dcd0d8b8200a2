// The popular advice, tried: a longer `connectionTimeoutMillis`, and none. The same requests fail, only later;
// without a limit they wait, and so does what comes after them.
import assert from 'node:assert/strict';
import pg from 'pg';
import { port, said, through } from '../shared/port.mjs';
import { shows } from '../helpers/runbook.mjs';

const { number, swallow, pass, close } = await port();
await swallow();
for (const limit of [100, 400, 1600]) {
  const pool = new pg.Pool(through(number, { connectionTimeoutMillis: limit, max: 3 }));
  const begin = Date.now();
  const ends = await Promise.all(Array.from({ length: 3 }, () => said(pool.query('SELECT 42'))));
  assert.ok(Date.now() - begin >= limit - 5);
  shows(`limit ${limit}, 3 requests`, [...new Set(ends)].join(), 'Connection terminated due to connection timeout');
}
const pool = new pg.Pool(through(number, { connectionTimeoutMillis: 0, max: 3 }));
let ended = 0;
const requests = Array.from({ length: 8 }, () => said(pool.query('SELECT 42')).then((text) => { ended += 1; return text; }));
await new Promise((resolve) => { setTimeout(resolve, 2000); });
shows('no limit, 8 requests, after 2 s', `${ended} ended, ${pool.waitingCount} wait for a connection`, '0 ended, 5 wait for a connection');
pass();
shows('packets pass again', [...new Set(await Promise.all(requests))].join(), '42');

const used = new pg.Pool(through(number, { connectionTimeoutMillis: 100, max: 1 }));
const held = await used.connect();
shows('all connections in use, limit 100', await said(used.query('SELECT 42')), 'timeout exceeded when trying to connect');
used.options.connectionTimeoutMillis = 800;
shows('all connections in use, limit 800', await said(used.query('SELECT 42')), 'timeout exceeded when trying to connect');
held.release();
close();
process.exit(0);
