// The commands of the runbook: the columns as they are, and migrations that break what runs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query('CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop".orders (id serial PRIMARY KEY, state text NOT NULL)');
const values = { TABLE: '"My Shop".orders', COLUMN: 'state' };
shows('columns', await runbook('diagnosis-1', values), "id|integer|not null|nextval('\"My Shop\".orders_id_seq'::regclass) and state|text|not null|no default; exit 0");
shows('a write', await said(admin, 'INSERT INTO "My Shop".orders DEFAULT VALUES'), /^23502 /);
shows('allow NULL', await runbook('mitigation-2', values), /ALTER TABLE; exit 0$/);
shows('a write', await said(admin, 'INSERT INTO "My Shop".orders DEFAULT VALUES'), 'ok');
shows('no such column', await runbook('mitigation-2', { ...values, COLUMN: 'x' }), 'SET; exit 0');
await disconnect();
mkdirSync('fault');
writeFileSync('fault/1.sql', 'ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders RENAME COLUMN a TO b;\nALTER TABLE orders ADD COLUMN c text NOT NULL;\n');
writeFileSync('fault/2.js', "await q.removeColumn('orders', 'note');\n");
mkdirSync('fixed');
writeFileSync('fixed/1.sql', "ALTER TABLE orders ADD COLUMN c text NOT NULL DEFAULT 'x';\nALTER TABLE orders ADD COLUMN d text;\nCREATE TABLE e (f text NOT NULL);\n");
for (const MIGRATIONS of ['fault', 'fixed']) {
  const text = await runbook('check-migration-only-adds', { MIGRATIONS });
  shows(`check, ${MIGRATIONS}`, `lines ${(text.match(/:\d+:/g) ?? []).length}, ${text.split('; ').at(-1)}`, MIGRATIONS === 'fault' ? 'lines 4, exit 0' : 'lines 0, exit 1');
}
