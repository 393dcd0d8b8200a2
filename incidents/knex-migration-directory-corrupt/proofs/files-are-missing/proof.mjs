// Knex compares the names that it has recorded with the files. It refuses when the release before is deployed again, when
// a file is renamed, and when the build gives it another extension. Each has its way out.
import { renameSync, rmSync } from 'node:fs';
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { knex, project } from '../shared/project.mjs';

const admin = await connect();
project({ '1_orders.js': 'CREATE TABLE orders (id int)', '2_state.js': 'ALTER TABLE orders ADD COLUMN state text' });
shows('deploy', knex('migrate:latest'), 'Batch 1 run: 2 migrations; exit 0');
rmSync('migrations/2_state.js');
shows('the release before again', knex('migrate:latest'), 'The migration directory is corrupt, the following files are missing: 2_state.js; exit 1');
project({ '2_state.js': 'ALTER TABLE orders ADD COLUMN state text' });
shows('with the file, the same release', knex('migrate:latest'), 'Already up to date; exit 0');
project({}, 'disableMigrationsListValidation: true');
rmSync('migrations/2_state.js');
shows('without the file and the comparison', knex('migrate:latest'), 'Already up to date; exit 0');
project({ '2_state.js': 'ALTER TABLE orders ADD COLUMN state text' });

for (const name of ['1_orders', '2_state']) renameSync(`migrations/${name}.js`, `migrations/${name}.cjs`);
shows('another extension', knex('migrate:latest'), 'The migration directory is corrupt, the following files are missing: 1_orders.js, 2_state.js; exit 1');
await admin.query("UPDATE knex_migrations SET name = regexp_replace(name, '\\.js$', '.cjs')");
shows('names corrected', knex('migrate:latest'), 'Already up to date; exit 0');
await disconnect();
