// Two sessions create one table at once. B cannot see A's table, which is not committed, so
// IF NOT EXISTS does not help: B waits until A ends. When A commits, B's entry for the table's row
// type is a duplicate. When A rolls back, B succeeds.
import assert from 'node:assert/strict';
import { connect } from '../helpers/database.mjs';
import { race } from '../shared/race.mjs';

const first = 'CREATE TABLE "Sessions" (sid varchar(36) PRIMARY KEY)';
const second = 'CREATE TABLE IF NOT EXISTS "Sessions" (sid varchar(36) PRIMARY KEY)';

assert.equal(await race(first, second, 'ROLLBACK'), 'ok');
console.log('once more, after DROP TABLE; this time A commits');
await (await connect()).query('DROP TABLE "Sessions"');
assert.equal(
  await race(first, second, 'COMMIT'),
  '23505 duplicate key value violates unique constraint "pg_type_typname_nsp_index", Key (typname, typnamespace)=(Sessions, 2200) already exists.',
);
