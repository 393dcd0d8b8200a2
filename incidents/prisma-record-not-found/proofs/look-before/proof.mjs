// The popular advice, tried: look before the delete. Two requests look at once, both see the row, and one fails all the same. And
// `upsert` in place of `update`: the row that was deleted is there again, with what only the update knew.
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ended, prisma, tables } from '../shared/client.mjs';

const admin = await tables();
const client = await prisma();
const where = { email: 'a' };
await client.users.create({ data: { email: 'a', name: 'ann' } });
await admin.query('BEGIN; LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
const looked = async () => {
  if (!await client.users.findUnique({ where })) return 'not found';
  return ended(client.users.delete({ where }));
};
const both = [looked(), looked()];
await untilWaiting(await connect(), 2);
await admin.query('COMMIT');
shows('look, then delete, twice at once', (await Promise.all(both)).sort().join('; '), /^P2025 .*; ok$/);
await client.users.create({ data: { email: 'a', name: 'ann' } });
await admin.query('BEGIN; LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
const counted = [1, 2].map(() => ended(client.users.deleteMany({ where })));
await untilWaiting(await connect(), 2);
await admin.query('COMMIT');
shows('deleteMany, twice at once', (await Promise.all(counted)).sort().join('; '), '0 rows; 1 rows');
shows('upsert in place of update', await ended(client.users.upsert({ where, update: { name: 'b' }, create: { email: 'a', name: 'b' } })), 'ok');
shows('what was deleted', (await admin.query("SELECT count(*) FROM users WHERE email = 'a'")).rows[0].count, '1');
await client.$disconnect();
await disconnect();
