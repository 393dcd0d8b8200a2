// The popular advice, tried where the build has given the files another extension: delete the rows, or turn the comparison
// off. Knex then takes the files for new ones, and runs them on the tables that are there.
import { renameSync } from 'node:fs';
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { knex, project } from '../shared/project.mjs';

const admin = await connect();
project({ '1_orders.js': 'CREATE TABLE orders (id int)', '2_fill.js': 'INSERT INTO orders VALUES (1)' });
knex('migrate:latest');
for (const name of ['1_orders', '2_fill']) renameSync(`migrations/${name}.js`, `migrations/${name}.cjs`);
shows('before', knex('migrate:latest'), /^The migration directory is corrupt/);
project({}, 'disableMigrationsListValidation: true');
shows('comparison off', knex('migrate:latest'), 'relation "orders" already exists; exit 1');
project({});
await admin.query("DELETE FROM knex_migrations WHERE name IN ('1_orders.js', '2_fill.js')");
shows('rows deleted', knex('migrate:latest'), 'relation "orders" already exists; exit 1');
await admin.query("INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('1_orders.cjs', 1, now())");
shows('rows deleted, of a migration that only writes', knex('migrate:latest'), 'Batch 2 run: 1 migrations; exit 0');
shows('written', (await admin.query('SELECT count(*) FROM orders')).rows[0].count, '2');
await disconnect();
