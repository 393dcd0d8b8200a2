// The commands of the diagnosis and the mitigation while a migration waits, and when nothing does.
import { execFileSync } from 'node:child_process';
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const run = (file, values) => execFileSync('bash', [`../../commands/${file}`], { encoding: 'utf8', env: { ...process.env, ...values } }).trim();
const [control, idle, migration, reader] = await Promise.all(Array.from({ length: 4 }, () => connect()));
await control.query('CREATE TABLE orders (id int)');
shows('nothing waits', run('diagnosis-1.sh') || 'no row', 'no row');
await idle.query('BEGIN');
await idle.query('SELECT id FROM orders');
const altered = said(migration, 'ALTER TABLE orders ADD COLUMN note text');
await untilWaiting(control, 1);
const read = said(reader, 'SELECT id FROM orders');
await untilWaiting(control, 2);
const said1 = run('diagnosis-1.sh').split('\n');
shows('a migration waits', said1.join(' and ').replaceAll(String(idle.processID), 'IDLE').replaceAll(String(migration.processID), 'MIGRATION')
  .replaceAll(String(reader.processID), 'READER').replace(/\d\d:\d\d:\d\d/g, 'T'),
'IDLE|waits for nobody|idle in transaction|T|SELECT id FROM orders and MIGRATION|waits for {IDLE}|active|T|ALTER TABLE orders ADD COLUMN note text and READER|waits for {MIGRATION}|active|T|SELECT id FROM orders');

shows('cancel the migration', run('mitigation-1.sh', { PID: String(migration.processID) }), 't');
shows('ALTER TABLE', await altered, '57014 canceling statement due to user request');
shows('SELECT', await read, 'ok');
const again = said(migration, 'ALTER TABLE orders ADD COLUMN note text');
await untilWaiting(control, 1);
shows('end the idle session', run('mitigation-2.sh', { BLOCKER: String(idle.processID) }), 't');
shows('ALTER TABLE', await again, 'ok');
shows('a session that is at work is not ended', run('mitigation-2.sh', { BLOCKER: String(control.processID) }) || 'nothing', 'nothing');
shows('verification', run('verification-1.sh') || 'no row', 'no row');
await disconnect();
