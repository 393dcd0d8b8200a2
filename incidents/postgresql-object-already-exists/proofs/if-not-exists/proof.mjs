// The popular advice, tried: IF NOT EXISTS. It looks only at the name, so a table of another shape stays as it is, and the
// application fails later. Types and constraints have no such words. And `sync()` uses it: it adds no column either.
import { DataTypes, Sequelize } from 'sequelize';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { migrations } from '../shared/migrations.mjs';

const admin = await connect();
await admin.query('CREATE TABLE orders (id serial PRIMARY KEY)');
const { db, latest } = migrations({ '1_orders.js': "CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY, state text NOT NULL DEFAULT 'open')" });
shows('IF NOT EXISTS', await latest(), 'ran 1_orders.js');
shows('what the application asks', await said(admin, 'SELECT state FROM orders'), '42703 column "state" does not exist');
await db.destroy();
await admin.query('CREATE INDEX orders_state ON orders (id)');
await admin.query('CREATE INDEX IF NOT EXISTS orders_state ON orders (id) WHERE id > 0');
shows('index of that name', (await admin.query("SELECT indexdef FROM pg_indexes WHERE indexname = 'orders_state'")).rows[0].indexdef, 'CREATE INDEX orders_state ON public.orders USING btree (id)');
shows('type', await said(admin, "CREATE TYPE IF NOT EXISTS state AS ENUM ('open')"), /^42601 syntax error at or near "(NOT|EXISTS)"/);
shows('constraint', await said(admin, 'ALTER TABLE orders ADD CONSTRAINT IF NOT EXISTS positive CHECK (id > 0)'), /^42601 syntax error at or near "(NOT|EXISTS)"/);

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });
const Orders = sequelize.define('orders', { state: DataTypes.TEXT }, { timestamps: false, freezeTableName: true });
await sequelize.sync();
shows('sync(), then the model', await Orders.findAll().then(() => 'ok', (error) => `${error.parent.code} ${error.message}`), '42703 column "state" does not exist');
await sequelize.close();
await disconnect();
