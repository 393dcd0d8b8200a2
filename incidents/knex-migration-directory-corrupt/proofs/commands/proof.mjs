// The commands of the runbook: what is recorded and has no file, with its twin under another extension, and names corrected.
import { renameSync, rmSync } from 'node:fs';
import { disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { knex, project } from '../shared/project.mjs';

const folder = { MIGRATIONS: 'migrations' };
project({ '1_orders.js': 'CREATE TABLE orders (id int)', '2_state.js': 'ALTER TABLE orders ADD COLUMN state text' });
shows('deploy', knex('migrate:latest'), /^Batch 1 run: 2/);
shows('all there', await runbook('diagnosis-1', folder), 'compared; exit 0');
shows('check, all there', await runbook('check-recorded-migrations-have-files', folder), 'nothing; exit 0');
rmSync('migrations/2_state.js');
shows('one missing', await runbook('diagnosis-1', folder), 'recorded, no file: 2_state.js and compared; exit 0');
shows('check, one missing', await runbook('check-recorded-migrations-have-files', folder), '2_state.js; exit 0');
renameSync('migrations/1_orders.js', 'migrations/1_orders.cjs');
shows('another extension', await runbook('diagnosis-1', folder), 'recorded, no file: 1_orders.js, but 1_orders.cjs and recorded, no file: 2_state.js and compared; exit 0');
project({ '2_state.cjs': 'ALTER TABLE orders ADD COLUMN state text' });
shows('correct the names', await runbook('fix-2', { FROM: '.js', TO: '.cjs' }), 'UPDATE 2; exit 0');
shows('run', knex('migrate:latest'), 'Already up to date; exit 0');
shows('and back', await runbook('fix-2-rollback', { FROM: '.js', TO: '.cjs' }), 'UPDATE 2; exit 0');
await runbook('fix-2', { FROM: '.js', TO: '.cjs' });
shows('verification', await runbook('verification-1'), /2_state\.cjs.*; exit 0$/);
await disconnect();
