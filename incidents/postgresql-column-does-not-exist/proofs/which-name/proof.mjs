// Ways to ask for a column that is there under another name, in another schema, or is no column at all.
import { DataTypes, Sequelize } from 'sequelize';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query('CREATE TABLE orders (id serial PRIMARY KEY, "createdAt" timestamptz DEFAULT now(), sold_at timestamptz, state text)');
shows('without quotes', await said(admin, 'SELECT createdAt FROM orders'), '42703 column "createdat" does not exist');
const hint = await admin.query('SELECT createdAt FROM orders').catch((error) => error.hint);
shows('its hint', hint, 'Perhaps you meant to reference the column "orders.createdAt".');
shows('with quotes', await said(admin, 'SELECT "createdAt" FROM orders'), 'ok');
shows('a text in double quotes', await said(admin, 'SELECT id FROM orders WHERE state = "open"'), '42703 column "open" does not exist');
shows('a text in single quotes', await said(admin, "SELECT id FROM orders WHERE state = 'open'"), 'ok');
shows('a name that is not quoted, of an alias', await said(admin, 'SELECT o.soldAt FROM orders o'), '42703 column o.soldat does not exist');

const ask = async (settings) => {
  const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });
  const Order = sequelize.define('orders', { soldAt: { type: DataTypes.DATE, ...settings } }, { timestamps: false, freezeTableName: true });
  const answer = await Order.findAll().then(() => 'ok', (error) => `${error.parent.code} ${error.message}`);
  await sequelize.close();
  return answer;
};
shows('Sequelize, soldAt on sold_at', await ask({}), '42703 column "soldAt" does not exist');
shows('Sequelize, with its field', await ask({ field: 'sold_at' }), 'ok');

await admin.query('CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)');
const migration = await connect({ options: '-c search_path=public' });
await migration.query('ALTER TABLE orders ADD COLUMN note text');
const app = await connect({ options: '-c search_path=shop,public' });
shows('the migration in another schema', await said(app, 'SELECT note FROM orders'), '42703 column "note" does not exist');
shows('where the migration ran', await said(migration, 'SELECT note FROM orders'), 'ok');
await disconnect();
