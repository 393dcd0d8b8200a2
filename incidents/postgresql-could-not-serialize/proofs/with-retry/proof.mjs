// The fixes: the whole transaction again until it succeeds; or one statement that reads and writes,
// or a row lock, which need no higher level.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { book, counted, room } from '../shared/booking.mjs';

const client = await connect();
await room(client);
const one = async (sql) => (await client.query(sql)).rows[0].n;
const lost = counted(await book(8, { isolation: 'REPEATABLE READ', write: 'update' }));
shows('8 at once, no retry', lost, '7 40001 could not serialize access due to concurrent update, 1 booked');
await client.query('UPDATE seats SET taken = 0');
shows('8 at once, tried again', counted(await book(8, { isolation: 'REPEATABLE READ', write: 'update', retry: true })), '8 booked');
shows('what is in the row', await one('SELECT taken AS n FROM seats'), '8');
shows('SERIALIZABLE, 4 bookings of one place, tried again', counted(await book(4, { isolation: 'SERIALIZABLE', retry: true })), '1 booked, 3 full');

await client.query('UPDATE seats SET taken = 0');
const sessions = await Promise.all(Array.from({ length: 8 }, () => connect()));
await Promise.all(sessions.map((session) => session.query('UPDATE seats SET taken = taken + 1 WHERE id = 1')));
shows('8 at once, one statement, READ COMMITTED', await one('SELECT taken AS n FROM seats'), '8');
await client.query('UPDATE seats SET taken = 0');
await Promise.all(sessions.map(async (session) => {
  await session.query('BEGIN');
  const { rows: [{ taken }] } = await session.query('SELECT taken FROM seats WHERE id = 1 FOR UPDATE');
  await session.query('UPDATE seats SET taken = $1 WHERE id = 1', [taken + 1]);
  await session.query('COMMIT');
}));
shows('8 at once, SELECT ... FOR UPDATE, READ COMMITTED', await one('SELECT taken AS n FROM seats'), '8');
await disconnect();
