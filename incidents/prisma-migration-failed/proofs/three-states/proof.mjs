// A migration that fails leaves a row without an end, and every later deploy stops there. What of it is in the
// database differs: nothing, since the server undoes one text as a whole; what stood before a COMMIT of its own;
// or all of it, when the process ended before it wrote the row. Each needs another way out.
import { project } from '../shared/migrations.mjs';
import { shows } from '../helpers/runbook.mjs';

const { migration, migrate, sql, columns, end } = await project();
migration('1_orders', 'CREATE TABLE orders (id serial PRIMARY KEY, note text);\n');
shows('first deploy', migrate('deploy'), 'All migrations have been successfully applied; exit 0');
await sql("INSERT INTO orders (note) VALUES ('a')");

migration('2_state', 'ALTER TABLE orders ADD COLUMN total int;\nALTER TABLE orders ADD COLUMN state text NOT NULL;\n');
shows('a migration fails', migrate('deploy'), /; exit 1$/);
migration('3_other', 'CREATE TABLE other (id int);\n');
shows('the next deploy', migrate('deploy'), 'P3009; exit 1');
shows('a migration after it', await sql("SELECT coalesce(to_regclass('other')::text, 'is not there')"), 'is not there');
shows('nothing of it is there', await columns(), 'id, note');
migration('2_state', "ALTER TABLE orders ADD COLUMN total int;\nALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'open';\n");
shows('rolled back, corrected', migrate('resolve', '--rolled-back', '2_state'), 'marked as rolled back; exit 0');
shows('deploy', migrate('deploy'), 'All migrations have been successfully applied; exit 0');
shows('columns', await columns(), 'id, note, total, state');

migration('4_commit', 'BEGIN;\nALTER TABLE orders ADD COLUMN a int;\nCOMMIT;\nALTER TABLE orders ADD COLUMN b int NOT NULL;\n');
shows('with a COMMIT of its own', migrate('deploy'), /; exit 1$/);
shows('a part is there', await columns(), 'id, note, total, state, a');
await sql('ALTER TABLE orders DROP COLUMN a');
migration('4_commit', 'ALTER TABLE orders ADD COLUMN a int;\nALTER TABLE orders ADD COLUMN b int NOT NULL DEFAULT 0;\n');
migrate('resolve', '--rolled-back', '4_commit');
shows('undone by hand, corrected', migrate('deploy'), 'All migrations have been successfully applied; exit 0');

// What a process leaves that is killed between the last statement and its row.
migration('5_killed', 'ALTER TABLE orders ADD COLUMN c int;\n');
migrate('deploy');
await sql("UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name = '5_killed'");
shows('killed before the row', migrate('deploy'), 'P3009; exit 1');
shows('all of it is there', await columns(), 'id, note, total, state, a, b, c');
shows('applied', migrate('resolve', '--applied', '5_killed'), 'marked as applied; exit 0');
shows('deploy after it', migrate('deploy'), 'No pending migrations to apply; exit 0');
await end();
