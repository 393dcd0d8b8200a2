// The process that runs migrations is killed. With a migration that has no transaction, the lock is a row that was committed
// before: it stays, and each later run refuses. If all of them have one, the lock is undone with it, and a second run waits.
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { kill, knex, project } from '../shared/project.mjs';

const LOCKED = 'MigrationLocked: Migration table is already locked; exit 1';
const admin = await connect();
const lock = async () => (await admin.query('SELECT is_locked FROM knex_migrations_lock')).rows.map((row) => row.is_locked).join();
const column = async (name) => ((await admin.query("SELECT FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = $1", [name])).rowCount ? 'is there' : 'is not there');
await admin.query('CREATE TABLE held (id int)');
project({ '1_orders.js': ['CREATE TABLE orders (id int)'] });
shows('first run', await knex('migrate:latest').ended, 'Batch 1 run: 1 migrations; exit 0');

project({ '2_state.js': ['ALTER TABLE orders ADD COLUMN state text', 'INSERT INTO held VALUES (1)'] });
await admin.query('BEGIN; LOCK TABLE held');
let first = knex('migrate:latest');
await untilWaiting(await connect(), 1);
const second = knex('migrate:latest');
await untilWaiting(await connect(), 2);
console.log('all with a transaction, a second one meanwhile: waits');
second.child.kill('SIGKILL');
await kill(first, admin);
shows('all with a transaction, killed, lock', await lock(), '0');
shows('column', await column('state'), 'is not there');

project({ '2_state.js': ['ALTER TABLE orders ADD COLUMN state text', 'INSERT INTO held VALUES (1)'] }, { transaction: false });
await admin.query('BEGIN; LOCK TABLE held');
first = knex('migrate:latest');
await untilWaiting(await connect(), 1);
shows('one without, a second one meanwhile', await knex('migrate:latest').ended, LOCKED);
await kill(first, admin);
shows('one without, killed, lock', await lock(), '1');
shows('column', await column('state'), 'is there');
shows('the next deploy', await knex('migrate:latest').ended, LOCKED);
shows('and the next', await knex('migrate:latest').ended, LOCKED);
await admin.query('ALTER TABLE orders DROP COLUMN state');
shows('undone by hand, unlocked', await knex('migrate:unlock').ended, /^Succesfully unlocked.*; exit 0$/);
shows('run', await knex('migrate:latest').ended, 'Batch 2 run: 1 migrations; exit 0');
await disconnect();
