// A table "Users" that Sequelize made, and each way to ask for it: without quotes the name is read
// as users. The popular advice, to run the migrations again, changes nothing, because they ran.
import { DataTypes, Sequelize } from 'sequelize';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const db = new Sequelize(process.env.DATABASE_URL, { logging: false });
const attributes = { name: DataTypes.TEXT };
const User = db.define('User', attributes);
await User.sync();
await User.create({ name: 'Ada' });
const client = await connect();
const NO_USERS = '42P01 relation "users" does not exist';
shows('SELECT name FROM Users', await said(client, 'SELECT name FROM Users'), NO_USERS);
shows('SELECT name FROM users', await said(client, 'SELECT name FROM users'), NO_USERS);
shows('SELECT name FROM "Users"', await said(client, 'SELECT name FROM "Users"'), 'ok');
shows('SELECT createdAt FROM "Users"', await said(client, 'SELECT createdAt FROM "Users"'), '42703 column "createdat" does not exist');

const found = (model) => model.count().then((count) => `${count} row`, (error) => `${error.name}: ${error.message}`);
shows("define('User', ..., { underscored: true })", await found(db.define('User', attributes, { underscored: true })), 'SequelizeDatabaseError: relation "users" does not exist');
shows("define('User', ..., { freezeTableName: true })", await found(db.define('User', attributes, { freezeTableName: true })), 'SequelizeDatabaseError: relation "User" does not exist');
shows("define('User', ..., { tableName: 'Users' })", await found(db.define('User', attributes, { tableName: 'Users' })), '1 row');

await User.sync();
shows('after another sync()', await said(client, 'SELECT name FROM Users'), NO_USERS);
await client.query('ALTER TABLE "Users" RENAME TO users');
shows('renamed to users, SELECT name FROM Users', await said(client, 'SELECT name FROM Users'), 'ok');
await db.close();
await disconnect();
