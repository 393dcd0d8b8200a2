// The commands of the runbook, as the role that is refused and as one that grants.
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const as = (user, text, database = 'shop') => ask({ host, user, database }, text);
for (const role of ['migrator', '"my app"']) await as('postgres', `CREATE ROLE ${role} LOGIN`, 'postgres');
await as('postgres', 'CREATE DATABASE shop', 'postgres');
await as('postgres', 'CREATE TABLE "Orders" (id serial)');
const url = (user) => `postgres://${encodeURIComponent(user)}@/shop?host=${encodeURIComponent(host)}`;
const role = { DATABASE_URL: url('my app'), OWNER_URL: url('postgres'), SCHEMA: 'public', ROLE: 'my app' };
shows('schema, refused', await runbook('diagnosis-1', role), /^"my app" in shop, version 1[5-9].*, schema public of pg_database_owner: may use, may not create; exit 0$/);
shows('table, refused', await runbook('diagnosis-2', { ...role, TABLE: '"Orders"' }), '"Orders" of postgres: may nothing; exit 0');
shows('grant on the schema', await runbook('mitigation-1', role), 'GRANT; exit 0');
shows('schema, granted', await runbook('diagnosis-1', role), /: may use, may create; exit 0$/);
shows('revoked', await runbook('mitigation-1-rollback', role), 'REVOKE; exit 0');
shows('check, tables', await runbook('check-application-may-use-all-tables', role), 'sequence "Orders_id_seq" and table "Orders"; exit 0');
shows('grant on the tables', await runbook('mitigation-2', role), 'GRANT and GRANT; exit 0');
shows('table, granted', await runbook('diagnosis-2', { ...role, TABLE: '"Orders"' }), '"Orders" of postgres: may SELECT, INSERT, UPDATE, DELETE; exit 0');
shows('check, none', await runbook('check-application-may-use-all-tables', role), 'nothing; exit 0');
shows('verification', await runbook('verification-1', role), 'nothing; exit 0');
shows('default privileges', await runbook('fix-2', { ...role, OWNER_URL: url('postgres') }), 'ALTER DEFAULT PRIVILEGES and ALTER DEFAULT PRIVILEGES; exit 0');
await as('postgres', 'CREATE TABLE later (id serial)');
shows('a later table', await as('my app', 'INSERT INTO later DEFAULT VALUES'), 'done');
shows('tables revoked', await runbook('mitigation-2-rollback', role), 'REVOKE and REVOKE; exit 0');

await as('postgres', 'ALTER TABLE later OWNER TO migrator');
const alter = () => as('my app', 'ALTER TABLE later ADD COLUMN note text');
shows('a change of the table of another role', await alter(), /must be owner of table later/);
await as('postgres', 'GRANT migrator TO "my app"');
shows('as a member of its owner', await alter(), 'done');
shows('verification of the schema, refused', await runbook('verification-2', role), /may not create; exit 0$/);
await stop();
