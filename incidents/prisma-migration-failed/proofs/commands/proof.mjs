// The commands of the runbook, on a migration that failed with nothing left, and one of which a part is there.
import { project } from '../shared/migrations.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const { migration, migrate, sql, end } = await project();
migration('1_orders', 'CREATE TABLE orders (id serial PRIMARY KEY, note text);\n');
shows('deploy', migrate('deploy'), 'All migrations have been successfully applied; exit 0');
await sql("INSERT INTO orders (note) VALUES ('a')");
shows('diagnosis, no failure', await runbook('diagnosis-1'), 'nothing; exit 0');
migration('2_state', 'ALTER TABLE orders ADD COLUMN state text NOT NULL;\n');
migrate('deploy');
shows('diagnosis, failure', await runbook('diagnosis-1'), /^2_state, since .*: .*; exit 0$/);
const { DATABASE_URL } = process.env;
shows('diagnosis, an address with the schema', await runbook('diagnosis-1', { DATABASE_URL: `${DATABASE_URL}${DATABASE_URL.includes('?') ? '&' : '?'}schema=public` }), /^2_state, since .*: .*; exit 0$/);
shows('check, failure', await runbook('check-no-failed-migration'), /^2_state; exit 0$/);
const table = { TABLE: 'orders' };
shows('what is there', await runbook('diagnosis-2', table), /^column id and column note and index orders_pkey and table orders; exit 0$|column id and column note and index orders_pkey; exit 0$/);
shows('status', await runbook('verification-1'), /; exit 1$/);
shows('rolled back', await runbook('mitigation-2', { MIGRATION: '2_state' }), /marked as rolled back\.?; exit 0$/);
migration('2_state', "ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'open';\n");
shows('deploy', await runbook('fix-3'), /successfully applied\.; exit 0$/);
shows('status', await runbook('verification-1'), /Database schema is up to date!; exit 0$/);
shows('check, none', await runbook('check-no-failed-migration'), 'nothing; exit 0');

await sql('ALTER TABLE orders ADD COLUMN by_hand int');
migration('3_hand', 'ALTER TABLE orders ADD COLUMN by_hand int;\n');
migrate('deploy');
shows('by hand, what is there', await runbook('diagnosis-2', table), /column by_hand/);
shows('by hand, applied', await runbook('fix-2', { MIGRATION: '3_hand' }), /marked as applied\.?; exit 0$/);
shows('by hand, deploy', migrate('deploy'), 'No pending migrations to apply; exit 0');

shows('check, no COMMIT', await runbook('check-no-transaction-of-its-own', { MIGRATIONS: 'prisma/migrations' }), 'nothing; exit 1');
migration('4_commit', 'BEGIN;\nALTER TABLE orders ADD COLUMN a int;\nCOMMIT;\n');
shows('check, COMMIT', await runbook('check-no-transaction-of-its-own', { MIGRATIONS: 'prisma/migrations' }), 'prisma/migrations/4_commit/migration.sql:3:COMMIT;; exit 0');
await end();
