// The command of the diagnosis, with the table in each place where it can be.
import { execFileSync } from 'node:child_process';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const client = await connect();
const ask = (file = 'diagnosis-1.sh', values = { TABLE: 'users' }) => execFileSync('bash', [`../../commands/${file}`],
  { encoding: 'utf8', env: { ...process.env, ...values } }).trim().split('\n').sort().join(' and ') || 'no row';

shows('nothing', ask(), 'no row');
shows('the error is the same', await said(client, 'SELECT FROM users'), '42P01 relation "users" does not exist');
await client.query('CREATE TABLE "Users" ()');
shows('other case', ask(), 'public."Users" (table): write it in quotes');
await client.query('DROP TABLE "Users"; CREATE SCHEMA shop; CREATE TABLE shop.users ()');
shows('other schema', ask(), 'shop.users (table): not in the search_path');
shows('the error is the same', await said(client, 'SELECT FROM users'), '42P01 relation "users" does not exist');
await client.query('SET search_path = public, shop');
shows('with the schema in the search_path', await said(client, 'SELECT FROM users'), 'ok');
await client.query('DROP TABLE shop.users; CREATE TABLE "user" ()');
shows('singular', ask(), 'public."user" (table): another name');
await client.query('DROP TABLE "user"; CREATE TABLE users ()');
shows('there', ask(), 'public.users (table): found without quotes');
shows('verification', ask('verification-1.sh', { NAME: 'users' }), 'users');
await client.query('CREATE TABLE "Users" ()');
shows('verification, quoted', ask('verification-1.sh', { NAME: '"Users"' }), '"Users"');
shows('a name that tries to do harm', ask('diagnosis-1.sh', { TABLE: `x'; DROP TABLE users; --` }), 'no row');
shows('still there', await said(client, 'SELECT FROM users'), 'ok');
await disconnect();
