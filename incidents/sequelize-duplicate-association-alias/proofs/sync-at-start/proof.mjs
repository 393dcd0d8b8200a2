// Two instances of one server sync at their start, on a database where the table is missing, as the
// write-up counts on ("missing tables will be auto-created"). One of them fails. A lock on a
// catalog that CREATE TABLE needs near its end holds the first one until the second one waits for
// it, so that they meet in every run. Sequelize 6.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { open } from '../shared/sequelize.mjs';

const control = open('sequelize', process.env.DATABASE_URL).db;
const instances = [1, 2].map(() => {
  const { db, DataTypes } = open('sequelize', process.env.DATABASE_URL);
  db.define('Post', { slug: { type: DataTypes.STRING, primaryKey: true } });
  return db;
});

const hold = await control.transaction();
await control.query('LOCK TABLE pg_catalog.pg_index IN SHARE MODE', { transaction: hold });
const starts = Promise.allSettled(instances.map((db) => db.sync()));
for (const limit = Date.now() + 20_000; ; await pause(5)) {
  const [[{ waiting }]] = await control.query(
    `SELECT count(*)::int AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND wait_event_type = 'Lock'`);
  if (waiting === 2) break;
  assert.ok(Date.now() < limit, `only ${waiting} of 2 instances came to create the table`);
}
await hold.commit();

const ended = (await starts).map(({ reason }) => reason?.parent ? `${reason.parent.code} ${reason.parent.message}, ${reason.parent.detail}` : 'synced');
ended.sort().forEach((text, number) => console.log(`instance ${number + 1}: ${text}`));
assert.match(ended[0], /^23505 duplicate key value violates unique constraint "pg_type_typname_nsp_index", Key \(typname, typnamespace\)=\(Posts, 2200\)/);
assert.equal(ended[1], 'synced');
await Promise.all([control, ...instances].map((db) => db.close()));
