// What Prisma says when the row is not there: of an update, a delete, and a row to connect with. And calls that count instead.
import { disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ended, prisma, tables } from '../shared/client.mjs';

await tables();
const client = await prisma();
await client.users.create({ data: { email: 'a', name: 'ann' } });
const where = { email: 'a' };
shows('update', await ended(client.users.update({ where, data: { name: 'anna' } })), 'ok');
shows('delete', await ended(client.users.delete({ where })), 'ok');
const GONE = /^P2025 .*(not found|No record was found)/;
shows('delete again', await ended(client.users.delete({ where })), GONE);
shows('update what is deleted', await ended(client.users.update({ where, data: { name: 'b' } })), GONE);
shows('connect with what is not there', await ended(client.orders.create({ data: { user: { connect: { email: 'nobody' } } } })), /^P2025 /);
shows('findUniqueOrThrow', await ended(client.users.findUniqueOrThrow({ where })), /^P2025 /);
shows('deleteMany', await ended(client.users.deleteMany({ where })), '0 rows');
shows('updateMany', await ended(client.users.updateMany({ where, data: { name: 'b' } })), '0 rows');
await client.users.create({ data: { email: 'b', name: 'bob' } });
shows('there, with another owner in the condition', await ended(client.users.update({ where: { email: 'b', name: 'somebody else' }, data: { name: 'c' } })), GONE);
await client.$disconnect();
await disconnect();
