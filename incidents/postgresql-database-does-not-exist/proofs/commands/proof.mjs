// The commands of the runbook: what the process asks for, what the server has, and a new database.
import { writeFileSync } from 'node:fs';
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const sql = (text, database = 'postgres') => ask({ host, user: 'postgres', database }, text);
await sql('CREATE DATABASE shop');
await sql('CREATE TABLE orders (id int)', 'shop');
const url = (database) => `postgres://postgres@/${database}?host=${encodeURIComponent(host)}`;
const SERVER_URL = url('postgres');
for (const name of ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE']) delete process.env[name];

const names = (values) => runbook('diagnosis-1', { VARIABLE: 'APP_URL', ...values });
shows('names, all', await names({ APP_URL: 'postgres://app:s3cret@db:5433/shop' }), 'host: db (APP_URL) and port: 5433 (APP_URL) and user: app (APP_URL) and database: shop (APP_URL); exit 0');
shows('names, no database', await names({ APP_URL: 'postgres://app@db' }), /port: none \(the client takes 5432\) and user: app \(APP_URL\) and database: none \(the client takes the name of the user\); exit 0$/);
shows('names, variables', await names({ PGHOST: 'db', PGUSER: 'app', PGDATABASE: 'shop' }), /^host: db \(PGHOST\) .*database: shop \(PGDATABASE\); exit 0$/);
shows('names, no URL', await names({ APP_URL: '"postgres://app@db/shop"' }), 'APP_URL: is no URL; exit 1');

const has = (NAME) => runbook('diagnosis-2', { NAME, SERVER_URL });
shows('the server, another case', await has('Shop'), /^database shop: almost the same name and all databases: postgres, shop and this server: port \d+, version [\d.]+.*; exit 0$/);
shows('the server, a line end', await has('shop\n'), /^database shop: almost the same name and /);
shows('the server, this name', await has('shop'), /^database shop: is here and /);
shows('the server, a role', await has('postgres'), /role postgres: is here/);
shows('the server, none', await has('app'), /^all databases: postgres, shop and /);

shows('verification, the right one', await runbook('verification-1', { DATABASE_URL: url('shop') }), 'shop as postgres, 1 tables; exit 0');
shows('verification, none', await runbook('verification-1', { DATABASE_URL: url('new') }), 'nothing; exit 2');
shows('create', await runbook('fix-3', { NAME: 'new', SERVER_URL }), 'nothing; exit 0');
shows('verification, a new one', await runbook('verification-1', { DATABASE_URL: url('new') }), 'new as postgres, 0 tables; exit 0');
shows('check, the right one', await runbook('check-database-is-there', { DATABASE_URL: url('shop') }), 'shop as postgres, 1 tables; exit 0');
shows('remove', await runbook('fix-3-rollback', { NAME: 'new', SERVER_URL }), 'nothing; exit 0');
shows('check, none', await runbook('check-database-is-there', { DATABASE_URL: url('new') }), 'nothing; exit 2');
await stop();

const health = async (text) => {
  writeFileSync('compose.yml', `services:\n  db:\n    healthcheck: { test: ${text} }\n`);
  return await runbook('check-health-check-names-both', { COMPOSE: 'compose.yml' });
};
shows('health check, fault', await health('pg_isready'), '3:    healthcheck: { test: pg_isready }; exit 0');
shows('health check, fixed', await health('pg_isready -U app -d shop'), 'nothing; exit 1');
