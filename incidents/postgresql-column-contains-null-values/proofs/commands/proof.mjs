// The commands of the runbook: how many rows have NULL, filling them in parts, and demanding the value without a long lock.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop".orders (id serial PRIMARY KEY, state text);
  INSERT INTO "My Shop".orders (state) SELECT CASE WHEN n <= 3 THEN 'done' END FROM generate_series(1, 2503) AS n`);
const values = { TABLE: '"My Shop".orders', COLUMN: 'state', VALUE: "it's open" };
shows('rows', await runbook('diagnosis-1', values), '2500 of 2503 rows are NULL, default none; exit 0');
shows('verification, before', await runbook('verification-1', values), '"My Shop".orders.state may be NULL; exit 0');
shows('default', await runbook('fix-1', values), /ALTER TABLE; exit 0$/);
shows('fill', await runbook('fix-2', values), /^1000 rows and 1000 rows and 500 rows and 0 rows; exit 0$/);
shows('filled', (await admin.query(`SELECT count(*) FROM "My Shop".orders WHERE state = 'it''s open'`)).rows[0].count, '2500');
shows('rows, after', await runbook('diagnosis-1', values), "0 of 2503 rows are NULL, default 'it''s open'::text; exit 0");
shows('demand', await runbook('fix-3', values), /ALTER TABLE; exit 0$/);
shows('verification', await runbook('verification-1', values), '"My Shop".orders.state is NOT NULL; exit 0');
shows('a write', await said(admin, 'INSERT INTO "My Shop".orders (state) VALUES (NULL)'), /^23502 /);
shows('and back', await runbook('fix-3-rollback', values), /ALTER TABLE; exit 0$/);
shows('after it', await runbook('verification-1', values), '"My Shop".orders.state may be NULL; exit 0');
await disconnect();
mkdirSync('fault');
writeFileSync('fault/1.sql', 'ALTER TABLE orders ADD COLUMN a text NOT NULL;\nALTER TABLE orders ALTER COLUMN b SET NOT NULL;\n');
mkdirSync('fixed');
writeFileSync('fixed/1.sql', "ALTER TABLE orders ADD COLUMN a text NOT NULL DEFAULT 'x';\nCREATE TABLE e (f text NOT NULL);\n");
shows('check, fault', await runbook('check-not-null-has-a-default', { MIGRATIONS: 'fault' }), /^fault\/1\.sql:1:.* and fault\/1\.sql:2:.*; exit 0$/);
shows('check, fixed', await runbook('check-not-null-has-a-default', { MIGRATIONS: 'fixed' }), 'nothing; exit 1');
