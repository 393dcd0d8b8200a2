// The write-up's fix was to rename the table to "UserSessions". The same two sessions, the same
// steps, the new name: the same error. What the table is called makes no difference.
import assert from 'node:assert/strict';
import { race } from '../shared/race.mjs';

const columns = '(sid varchar(36) PRIMARY KEY)';
for (const table of ['Sessions', 'UserSessions', 'any other name']) {
  assert.equal(
    await race(`CREATE TABLE "${table}" ${columns}`, `CREATE TABLE IF NOT EXISTS "${table}" ${columns}`),
    `23505 duplicate key value violates unique constraint "pg_type_typname_nsp_index", Key (typname, typnamespace)=(${table}, 2200) already exists.`,
  );
}
