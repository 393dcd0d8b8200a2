// The popular advice, tried: roll the release back. The schema stays as the migration left it, so the
// release before is the one that fails. A restart of the database changes nothing. Going forward, or
// undoing the migration, works.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { release, TABLE, WELL } from '../shared/releases.mjs';

const admin = await connect();
await admin.query(TABLE);
await admin.query("ALTER TABLE orders DROP COLUMN note, ADD COLUMN state text DEFAULT 'open'");
shows('release 2 with its migration', await release(await connect(), 2), WELL);
const FAILS = /reads: 42703 column "note" does not exist/;
shows('rolled back to release 1', await release(await connect(), 1), FAILS);
await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
shows('all connections new, as after a restart', await release(await connect(), 1), FAILS);
shows('forward to release 2', await release(await connect(), 2), WELL);
await admin.query('ALTER TABLE orders ADD COLUMN note text');
shows('the column is there again, release 1', await release(await connect(), 1), WELL);
await disconnect();
