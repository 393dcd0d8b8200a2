// Three people are logged in. What each way to the new name does to them: a new empty table logs
// them out; ALTER TABLE ... RENAME keeps their rows, and an instance of the old release that still
// runs fails; DROP TABLE waits behind every open reader, and then their rows are gone.
import assert from 'node:assert/strict';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { close, shown, store } from '../shared/store.mjs';

const client = await connect();
const call = (server, method, ...values) => new Promise((resolve) => {
  server.store[method](...values, (error, value) => resolve(error ? shown(error) : value ? 'logged in' : 'logged out'));
});
const count = async (table) => (await client.query(`SELECT count(*)::int AS count FROM "${table}"`)).rows[0].count;

const old = store('Sessions');
await old.store.sync();
for (const sid of ['a', 'b', 'c']) await call(old, 'set', sid, { cookie: { maxAge: 1e6 }, user: sid });
console.log(`before: ${await count('Sessions')} sessions`);
const now = store('UserSessions');

await now.store.sync();
let told = await call(now, 'get', 'a');
console.log(`new empty table: ${await count('UserSessions')} sessions, ${told}`);
assert.equal(told, 'logged out');
await client.query('DROP TABLE "UserSessions"');

await client.query('ALTER TABLE "Sessions" RENAME TO "UserSessions"');
told = [await count('UserSessions'), await call(now, 'get', 'a'), await call(old, 'get', 'a')];
console.log(`ALTER TABLE ... RENAME: ${told[0]} sessions, ${told[1]}; an instance of the old release: ${told[2]}`);
assert.deepEqual(told.slice(0, 2), [3, 'logged in']);
assert.match(told[2], /42P01 relation "Sessions" does not exist/);
await client.query('ALTER TABLE "UserSessions" RENAME TO "Sessions"');

const reader = await connect();
await reader.query('BEGIN');
await reader.query('SELECT FROM "Sessions"');
await client.query(`SET lock_timeout = '200ms'`);
told = await said(client, 'DROP TABLE "Sessions"');
console.log(`DROP TABLE while a reader is open: ${told}`);
assert.match(told, /^55P03/);
await reader.query('COMMIT');
await client.query('DROP TABLE "Sessions"');
await now.store.sync();
told = [await count('UserSessions'), await call(now, 'get', 'a'), await call(old, 'get', 'a')];
console.log(`DROP TABLE, and the new one: ${told[0]} sessions, ${told[1]}; an instance of the old release: ${told[2]}`);
assert.deepEqual(told.slice(0, 2), [0, 'logged out']);
assert.match(told[2], /42P01/);
await Promise.all([old, now].map(close));
await disconnect();
