// Why a row is not there for the one that names it: another connection has not committed it, it is written later, it was
// deleted meanwhile, or has another id. And why a row cannot be deleted: others name it.
import { DataTypes, Sequelize } from 'sequelize';
import knex from 'knex';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE TABLE users (id serial PRIMARY KEY, name text); CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users)`);
const MISSING = /^23503 insert or update on table "orders" violates foreign key constraint "orders_user_id_fkey", Key \(user_id\)=\(\d+\) is not present in table "users"\.$/;

const db = knex({ client: 'pg', connection: process.env.DATABASE_URL, pool: { min: 0, max: 2 } });
const order = (passed) => db.transaction(async (trx) => {
  const [{ id }] = await trx('users').insert({ name: 'a' }).returning('id');
  await (passed ? trx : db)('orders').insert({ user_id: id });
}).then(() => 'stored', (error) => `${error.code} ${error.detail}`);
shows('Knex, the second query without the transaction', await order(false), /^23503 Key \(user_id\)=\(\d+\) is not present in table "users"\.$/);
shows('Knex, with the transaction', await order(true), 'stored');
await db.destroy();

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });
const options = { timestamps: false, freezeTableName: true };
const [User, Order] = [sequelize.define('users', { name: DataTypes.TEXT }, options), sequelize.define('orders', { user_id: DataTypes.INTEGER }, options)];
const store = (passed) => sequelize.transaction(async (transaction) => {
  const { id } = await User.create({ name: 'b' }, { transaction });
  await Order.create({ user_id: id }, passed ? { transaction } : {});
}).then(() => 'stored', (error) => `${error.name}: ${error.message}`);
shows('Sequelize, without', await store(false), 'SequelizeForeignKeyConstraintError: insert or update on table "orders" violates foreign key constraint "orders_user_id_fkey"');
shows('Sequelize, with', await store(true), 'stored');
await sequelize.close();

shows('no such id', await said(admin, 'INSERT INTO orders (user_id) VALUES (999)'), MISSING);
shows('the order first', await said(admin, 'INSERT INTO orders (user_id) VALUES (500); INSERT INTO users (id) VALUES (500)'), MISSING);
shows('delete who is named', await said(admin, 'DELETE FROM users WHERE id = (SELECT max(user_id) FROM orders)'), /^23503 update or delete on table "users" violates foreign key constraint "orders_user_id_fkey" on table "orders", Key \(id\)=\(\d+\) is still referenced from table "orders"\.$/);
await admin.query('ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_user_id_fkey, ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users DEFERRABLE INITIALLY DEFERRED');
shows('the order first, constraint deferred', await said(admin, 'BEGIN; INSERT INTO orders (user_id) VALUES (501); INSERT INTO users (id) VALUES (501); COMMIT'), 'ok');
await disconnect();
