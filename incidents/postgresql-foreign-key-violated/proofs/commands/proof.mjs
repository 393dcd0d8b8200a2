// The commands of the runbook: what the constraint demands, whether the row is there, who names it, and rows that name nobody.
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop".users (id serial PRIMARY KEY); CREATE TABLE "My Shop".orders (id serial PRIMARY KEY, "userId" int);
  INSERT INTO "My Shop".users DEFAULT VALUES; INSERT INTO "My Shop".orders ("userId") VALUES (1), (1), (7), (8), (NULL);
  ALTER TABLE "My Shop".orders ADD CONSTRAINT "orders_userId_fkey" FOREIGN KEY ("userId") REFERENCES "My Shop".users NOT VALID`);
const constraint = { CONSTRAINT: 'orders_userId_fkey' };
shows('constraint', await runbook('diagnosis-1', constraint), '"My Shop".orders: FOREIGN KEY ("userId") REFERENCES "My Shop".users(id) NOT VALID, checked at each statement; exit 0');
shows('constraint, none', await runbook('diagnosis-1', { CONSTRAINT: 'other' }), 'nothing; exit 0');
const value = (VALUE) => runbook('diagnosis-2', { ...constraint, VALUE });
shows('value, there', await value('1'), '"My Shop".users.id 1: is there; named by 2 rows of "My Shop".orders; exit 0');
shows('value, missing', await value('7'), '"My Shop".users.id 7: is not there; named by 1 rows of "My Shop".orders; exit 0');
shows('orphans', await runbook('verification-1', constraint), '2 rows name nobody: 7, 8; exit 0');
shows('check, orphans', await runbook('check-no-row-names-nobody'), '"My Shop".orders: orders_userId_fkey; exit 0');
await admin.query(`DELETE FROM "My Shop".orders WHERE "userId" > 6; ALTER TABLE "My Shop".orders VALIDATE CONSTRAINT "orders_userId_fkey"`);
shows('none', await runbook('verification-1', constraint), '0 rows name nobody; exit 0');
shows('check, none', await runbook('check-no-row-names-nobody'), 'nothing; exit 0');
await disconnect();
