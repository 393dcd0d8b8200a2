// What is believed, tried: Prisma's `upsert` is one statement only as long as it reads nothing else; with `include` it
// reads first. And a transaction around both statements, which changes nothing.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { atOnce, prisma, readThenWrite, tables } from '../shared/users.mjs';

const admin = await tables();
const client = await prisma();
const data = (email) => ({ where: { email }, create: { email, name: 'new' }, update: { name: 'changed' } });
const P2002 = 'P2002 Unique constraint failed on the fields: (`email`); ok';
shows('Prisma, upsert with include', await atOnce(admin, () => client.users.upsert({ ...data('a'), include: { orders: true } })), P2002);
shows('Prisma, upsert alone', await atOnce(admin, () => client.users.upsert(data('b'))), 'ok; ok');
shows('Prisma, upsert with include in a transaction', await atOnce(admin, () => client.$transaction((tx) => tx.users.upsert({ ...data('c'), include: { orders: true } }))), P2002);
await client.$disconnect();

const clients = [await connect(), await connect()];
const inTransaction = async (i) => {
  await clients[i].query('BEGIN');
  try {
    await readThenWrite(clients[i], 'd', `request ${i}`);
  } finally {
    await clients[i].query('COMMIT');
  }
};
shows('read, then insert, in a transaction', await atOnce(admin, inTransaction), '23505 duplicate key value violates unique constraint "users_email_key"; ok');
await disconnect();
