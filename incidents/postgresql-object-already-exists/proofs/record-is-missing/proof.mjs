// The object is there, and the record says that its migration did not run: after `sync()`, after a restore without the
// record, and with the record in another schema. Writing the record lets the later migrations run.
import { DataTypes, Sequelize } from 'sequelize';
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { migrations } from '../shared/migrations.mjs';

const admin = await connect();
const LIST = { '1_orders.js': 'CREATE TABLE orders (id serial PRIMARY KEY)', '2_state.js': 'ALTER TABLE orders ADD COLUMN state text' };
const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });
sequelize.define('orders', { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true } }, { timestamps: false, freezeTableName: true });
await sequelize.sync();
await sequelize.close();
const { db, latest } = migrations(LIST);
shows('after sync()', await latest(), '42P07 relation "orders" already exists');
await db('knex_migrations').insert({ name: '1_orders.js', batch: 1, migration_time: new Date() });
shows('the record written, the rest', await latest(), 'ran 2_state.js');
shows('again', await latest(), 'ran nothing');

await admin.query('DELETE FROM knex_migrations');
shows('a restore without the record', await latest(), '42P07 relation "orders" already exists');
await db('knex_migrations').insert(Object.keys(LIST).map((name) => ({ name, batch: 1, migration_time: new Date() })));
await db.destroy();
await admin.query('CREATE SCHEMA other; ALTER TABLE knex_migrations SET SCHEMA other');
const third = migrations(LIST);
shows('the record in another schema', await third.latest(), '42P07 relation "orders" already exists');
await third.db.destroy();

for (const [label, sql] of [
  ['type', "CREATE TYPE state AS ENUM ('open')"], ['column', 'ALTER TABLE orders ADD COLUMN note text'],
  ['constraint', 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0)'], ['index', 'CREATE INDEX orders_id ON orders (id)'],
]) {
  await admin.query(sql);
  shows(`${label}, twice`, await admin.query(sql).catch((error) => `${error.code} ${error.message}`), /already exists$/);
}
await disconnect();
