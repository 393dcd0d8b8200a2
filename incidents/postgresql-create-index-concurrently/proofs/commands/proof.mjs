// The commands of the runbook: they name an invalid index, rebuild it, and drop one that is left
// over; the check finds migrations that would fail.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const run = (file, values) => execFileSync('bash', [`../../commands/${file}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...values } }).trim();
const client = await connect();
await client.query('CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop".users (email int)');
await client.query('INSERT INTO "My Shop".users VALUES (1), (1)');
const CREATE = 'CREATE UNIQUE INDEX CONCURRENTLY users_email ON "My Shop".users (email)';
shows('nothing invalid', run('diagnosis-1.sh') || 'no row', 'no row');
await said(client, CREATE);
shows('an invalid index', run('diagnosis-1.sh'), '"My Shop".users_email|"My Shop".users|nobody builds it');
await client.query('DELETE FROM "My Shop".users');
shows('rebuild it', run('fix-1.sh', { INDEX: '"My Shop".users_email' }).split('\n').at(-1), 'REINDEX');
shows('then', run('verification-1.sh') || 'no row', 'no row');
await client.query('DROP INDEX "My Shop".users_email; INSERT INTO "My Shop".users VALUES (1), (1)');
await said(client, CREATE);
shows('drop it', run('mitigation-1.sh', { INDEX: '"My Shop".users_email' }).split('\n').at(-1), 'DROP INDEX');
shows('then', run('diagnosis-1.sh') || 'no row', 'no row');
shows('rebuild it after that', run('fix-1.sh', { INDEX: '"My Shop".users_email' }) || 'nothing', 'nothing');
await disconnect();

mkdirSync('fault');
writeFileSync('fault/1.sql', 'CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON t (b);\n');
mkdirSync('fixed');
writeFileSync('fixed/1.sql', 'DROP INDEX CONCURRENTLY IF EXISTS a;\nCREATE INDEX CONCURRENTLY a ON t (b);\n');
for (const MIGRATIONS of ['fault', 'fixed']) {
  let text;
  try {
    text = `lines ${run('check-no-if-not-exists.sh', { MIGRATIONS }).split('\n').length}`;
  } catch (error) {
    text = `exit ${error.status}`;
  }
  shows(`check, ${MIGRATIONS}`, text, MIGRATIONS === 'fault' ? 'lines 1' : 'exit 1');
}
