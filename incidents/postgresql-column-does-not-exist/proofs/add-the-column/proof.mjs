// The popular advice, tried: add the column that the error names. The error is gone, and the values with it: they are in the
// column with the other name. And running the migration again, which it has done already.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE TABLE done (name text); CREATE TABLE orders (id serial PRIMARY KEY, "createdAt" timestamptz)`);
await admin.query(`INSERT INTO orders ("createdAt") SELECT now() FROM generate_series(1, 3)`);
const migrate = async () => {
  if ((await admin.query("SELECT FROM done WHERE name = '1'")).rowCount) return 'nothing to do';
  await admin.query(`INSERT INTO done VALUES ('1')`);
  return 'ran';
};
await migrate();
const QUESTION = 'SELECT createdAt FROM orders';
shows('before', await said(admin, QUESTION), '42703 column "createdat" does not exist');
shows('migrate again', `${await migrate()}; ${await said(admin, QUESTION)}`, 'nothing to do; 42703 column "createdat" does not exist');
await admin.query('ALTER TABLE orders ADD COLUMN createdAt timestamptz');
shows('added', await said(admin, QUESTION), 'ok');
const filled = async (column) => (await admin.query(`SELECT count(${column}) FROM orders`)).rows[0].count;
shows('values', `${await filled('createdAt')} in the new one, ${await filled('"createdAt"')} in the other`, '0 in the new one, 3 in the other');
await disconnect();
