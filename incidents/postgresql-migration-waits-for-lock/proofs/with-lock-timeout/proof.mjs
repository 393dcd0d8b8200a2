// The fix: lock_timeout and another try. Readers wait no longer than the time-out, the migration
// gets through once the idle transaction has ended. A statement_timeout on the reader does not help
// the migration, and a busy retry without a pause would do the same as waiting.
import { setTimeout as pause } from 'node:timers/promises';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { migrate } from '../shared/migrate.mjs';

const [control, idle, migration, reader] = await Promise.all(Array.from({ length: 4 }, () => connect()));
await control.query('CREATE TABLE orders (id int)');
await idle.query('BEGIN');
await idle.query('SELECT id FROM orders');
let done = false;
const migrated = migrate(migration, ['ALTER TABLE orders ADD COLUMN note text'], { lockTimeout: 150, pause: 100, tries: 100 }).then((tries) => { done = true; return tries; });
let reads = 0;
let ends = 0;
while (!done) {
  await reader.query('SELECT id FROM orders');
  reads += 1;
  if (reads === 20 && !ends) { ends = 1; await idle.query('COMMIT'); }
  await pause(15);
}
const tries = await migrated;
shows('reads that succeeded while the migration tried', reads >= 20 ? 'at least 20' : reads, 'at least 20');
shows('tries of the migration', tries > 1 ? 'more than one' : tries, 'more than one');
shows('the column is there', await said(control, 'SELECT note FROM orders'), 'ok');
await disconnect();
