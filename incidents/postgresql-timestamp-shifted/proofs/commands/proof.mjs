// The commands of the runbook: which columns have no zone, in which zones the processes are, the
// change of a column, which keeps every moment, and its way back.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const client = await connect();
await client.query(`CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop".orders (id int, "createdAt" timestamp(3), paid_at timestamptz);
  INSERT INTO "My Shop".orders VALUES (1, '2026-01-15 12:00:00', '2026-01-15 12:00:00+00'), (2, '2026-07-15 12:00:00', '2026-07-15 12:00:00+00')`);
shows('columns', await runbook('diagnosis-1'), '"My Shop".orders|"createdAt"|timestamp(3) without time zone; exit 0');
shows('zones', await runbook('diagnosis-2', { TZ: 'America/Chicago' }), /^process America\/Chicago, database \S+; exit 0$/);
const values = { TABLE: '"My Shop".orders', COLUMN: 'createdAt', WRITTEN_IN: 'UTC' };
shows('change it', await runbook('fix-1', values), 'SET and ALTER TABLE; exit 0');
shows('the moments', (await client.query('SELECT bool_and("createdAt" = paid_at) AS same FROM "My Shop".orders')).rows[0].same, 'true');
shows('columns', await runbook('verification-1'), 'nothing; exit 0');
shows('change it back', await runbook('fix-1-rollback', values), 'SET and ALTER TABLE; exit 0');
shows('columns', await runbook('diagnosis-1'), '"My Shop".orders|"createdAt"|timestamp(3) without time zone; exit 0');
shows('a zone that does not exist', await runbook('fix-1', { ...values, WRITTEN_IN: 'Mars/Base' }), 'SET; exit 3');
await disconnect();
mkdirSync('fault');
writeFileSync('fault/1.sql', 'ALTER TABLE orders ADD COLUMN sent_at TIMESTAMP NOT NULL;\n');
writeFileSync('fault/2.ts', 'await runner.query(`CREATE TABLE a ("createdAt" TIMESTAMP NOT NULL DEFAULT now())`);\n');
mkdirSync('fixed');
writeFileSync('fixed/1.sql', 'ALTER TABLE orders ADD COLUMN sent_at TIMESTAMPTZ, ADD COLUMN b timestamp with time zone, ADD c timestamp(3) with time zone;\n');
for (const MIGRATIONS of ['fault', 'fixed']) {
  const said = await runbook('check-columns-have-a-zone', { MIGRATIONS });
  shows(`check, ${MIGRATIONS}`, `lines ${(said.match(/:\d+:/g) ?? []).length}, ${said.split('; ').at(-1)}`, MIGRATIONS === 'fault' ? 'lines 2, exit 0' : 'lines 0, exit 1');
}
