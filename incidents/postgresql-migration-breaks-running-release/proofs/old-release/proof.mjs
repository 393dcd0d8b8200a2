// The release that runs, before and after each kind of migration. A change in steps, first only
// adding, breaks neither release.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { release, TABLE, WELL } from '../shared/releases.mjs';

const admin = await connect();
for (const [label, migration, expected] of [
  ['a column is dropped', 'ALTER TABLE orders DROP COLUMN note', /^writes: 42703 column "note" of relation "orders" does not exist; reads: 42703 column "note" does not exist; reads all: (ok|0A000 cached plan must not change result type)$/],
  ['a column is renamed', 'ALTER TABLE orders RENAME COLUMN note TO remark', /^writes: 42703 .*; reads: 42703 column "note" does not exist; /],
  ['a column without a default, NOT NULL', "TRUNCATE orders; ALTER TABLE orders ADD COLUMN state text NOT NULL", /^writes: 23502 null value in column "state" of relation "orders" violates not-null constraint; reads: ok; /],
  ['the type of a column', 'ALTER TABLE orders ALTER COLUMN total TYPE text', /^writes: (ok|42804 .*); reads: ok; reads all: 0A000 cached plan must not change result type$/],
  ['a column is added', "ALTER TABLE orders ADD COLUMN state text DEFAULT 'open'", /^writes: ok; reads: ok; reads all: 0A000 cached plan must not change result type$/],
]) {
  await admin.query(TABLE);
  const running = await connect();
  shows('release 1', await release(running, 1), WELL);
  await admin.query(migration);
  shows(`release 1, after: ${label}`, await release(running, 1), expected);
}

await admin.query(TABLE);
const STEPS = ["ALTER TABLE orders ADD COLUMN state text DEFAULT 'open'", 'ALTER TABLE orders DROP COLUMN note'];
await admin.query(STEPS[0]);
shows('in steps, added: release 1', await release(await connect(), 1), WELL);
shows('in steps, added: release 2', await release(await connect(), 2), WELL);
await admin.query(STEPS[1]);
shows('in steps, release 1 has ended, dropped: release 2', await release(await connect(), 2), WELL);
await disconnect();
