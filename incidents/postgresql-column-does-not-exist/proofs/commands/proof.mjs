// The commands of the runbook: where a column of about this name is, what the connection sees, and whether migrations and
// application see the same.
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE SCHEMA "My Shop"; CREATE TABLE orders (id int, "createdAt" timestamptz); CREATE TABLE "My Shop".orders (id int, created_at timestamptz, note text);
  CREATE SCHEMA shop; CREATE TABLE shop.orders (id int, created_at timestamptz)`);
const url = (path) => `${process.env.DATABASE_URL}${process.env.DATABASE_URL.includes('?') ? '&' : '?'}options=${encodeURIComponent(`-c search_path=${path}`)}`;
const at = (COLUMN, path = 'public') => runbook('diagnosis-1', { COLUMN, DATABASE_URL: url(path) });
shows('another case', await at('createdat'), '"My Shop".orders.created_at and public.orders."createdAt" and shop.orders.created_at; exit 0');
shows('with its table', await at('orders.createdAt'), '"My Shop".orders.created_at and public.orders."createdAt" and shop.orders.created_at; exit 0');
shows('another schema', await at('note'), '"My Shop".orders.note; exit 0');
shows('nowhere', await at('open'), 'nothing; exit 0');
const sees = (path) => runbook('diagnosis-2', { TABLE: 'orders', DATABASE_URL: url(path) });
shows('sees', await sees('public'), /^database \w+ as \w+, search_path public, orders is public\.orders: id, "createdAt"; exit 0$/);
shows('sees, another path', await sees('shop,public'), /search_path shop,public, orders is shop\.orders: id, created_at; exit 0$/);
const same = (path) => runbook('check-migrations-see-the-same-schema', { DATABASE_URL: url('public'), MIGRATION_URL: url(path) });
shows('check, the same', await same('public'), /; exit 0$/);
shows('check, another', await same('pg_catalog'), /application: \w+, public and migrations: \w+, pg_catalog; exit 1$/);
const asks = (COLUMN) => runbook('verification-1', { TABLE: 'orders', COLUMN, DATABASE_URL: url('public') });
shows('verification, there', await asks('createdAt'), '"createdAt" of public.orders; exit 0');
shows('verification, missing', await asks('note'), 'nothing; exit 0');
await disconnect();
