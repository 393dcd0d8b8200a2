// Two transactions that read, then write: under READ COMMITTED both write, and one change is lost or
// the seat is booked twice, without any error. Under the higher levels PostgreSQL refuses one.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { book, counted, room } from '../shared/booking.mjs';

const client = await connect();
await room(client);
const one = async (sql) => (await client.query(sql)).rows[0].n;
shows('READ COMMITTED, two changes of one row', counted(await book(2, { isolation: 'READ COMMITTED', write: 'update' })), '2 booked');
shows('what is in the row', await one('SELECT taken AS n FROM seats'), '1');
shows('READ COMMITTED, two bookings of one place', counted(await book(2, { isolation: 'READ COMMITTED' })), '2 booked');
shows('bookings', await one('SELECT count(*) AS n FROM bookings'), '2');
await client.query('TRUNCATE bookings');
shows('REPEATABLE READ, two changes of one row', counted(await book(2, { isolation: 'REPEATABLE READ', write: 'update' })), '1 40001 could not serialize access due to concurrent update, 1 booked');
shows('REPEATABLE READ, two bookings of one place', counted(await book(2, { isolation: 'REPEATABLE READ' })), '2 booked');
await client.query('TRUNCATE bookings');
shows('SERIALIZABLE, two bookings of one place', counted(await book(2, { isolation: 'SERIALIZABLE' })), '1 40001 could not serialize access due to read/write dependencies among transactions, 1 booked');
shows('bookings', await one('SELECT count(*) AS n FROM bookings'), '1');
await disconnect();
