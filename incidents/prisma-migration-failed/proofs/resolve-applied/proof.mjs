// The popular advice, tried: `resolve --applied` ends the error, and the column is not there. Deleting the row
// ends it, too, until the next deploy runs the same statements and fails again.
import { project } from '../shared/migrations.mjs';
import { shows } from '../helpers/runbook.mjs';

const { migration, migrate, sql, columns, end } = await project();
migration('1_orders', 'CREATE TABLE orders (id serial PRIMARY KEY, note text);\n');
migrate('deploy');
await sql("INSERT INTO orders (note) VALUES ('a')");
migration('2_state', 'ALTER TABLE orders ADD COLUMN state text NOT NULL;\n');
migrate('deploy');
shows('before', migrate('deploy'), 'P3009; exit 1');

await sql("DELETE FROM _prisma_migrations WHERE migration_name = '2_state'");
shows('the row deleted, deploy', migrate('deploy'), /; exit 1$/);
shows('and the next deploy', migrate('deploy'), 'P3009; exit 1');

shows('--applied', migrate('resolve', '--applied', '2_state'), 'marked as applied; exit 0');
shows('deploy', migrate('deploy'), 'No pending migrations to apply; exit 0');
shows('status', migrate('status'), 'Database schema is up to date; exit 0');
shows('columns', await columns(), 'id, note');
shows('what the new release asks', await sql('SELECT state FROM orders'), '42703 column "state" does not exist');
await end();
