// Two requests look for a row, see none, and insert it: the second waits at the index and fails. Trying again finds
// the row. One statement with ON CONFLICT needs no second try.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { atOnce, readThenWrite, tables } from '../shared/users.mjs';
import typeorm from 'typeorm';

const admin = await tables();
const clients = [await connect(), await connect()];
const rows = async (email) => (await admin.query('SELECT count(*) FROM users WHERE email = $1', [email])).rows[0].count;
const DUPLICATE = /^23505 duplicate key value violates unique constraint "users_email_key"; ok$/;
shows('read, then insert', await atOnce(admin, (i) => readThenWrite(clients[i], 'a', `request ${i}`)), DUPLICATE);
const again = (i) => readThenWrite(clients[i], 'b', `request ${i}`).catch((error) => {
  if (error.code !== '23505') throw error;
  return readThenWrite(clients[i], 'b', `request ${i}`);
});
shows('tried again on 23505', await atOnce(admin, again), 'ok; ok');
const upsert = (i) => clients[i].query('INSERT INTO users (email, name) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET name = excluded.name', ['c', `request ${i}`]);
shows('ON CONFLICT', await atOnce(admin, upsert), 'ok; ok');
shows('rows of each', `${await rows('a')}, ${await rows('b')}, ${await rows('c')}`, '1, 1, 1');

const User = new typeorm.EntitySchema({ name: 'users', columns: { id: { type: Number, generated: true }, email: { type: String, primary: true }, name: { type: String } } });
const source = await new typeorm.DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: [User] }).initialize();
const users = source.getRepository(User);
shows('TypeORM, save', await atOnce(admin, (i) => users.save({ email: 'd', name: `request ${i}` })), DUPLICATE);
shows('TypeORM, upsert', await atOnce(admin, (i) => users.upsert({ email: 'e', name: `request ${i}` }, ['email'])), 'ok; ok');
await source.destroy();
await disconnect();
