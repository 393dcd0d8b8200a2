// A booking: each transaction counts what is taken, and books if there is room. Held in step: all
// have read before any writes.
import { connect } from '../helpers/database.mjs';

export const TRANSIENT = new Set(['40001', '40P01']);

/** Make the tables: room for one. */
export async function room(client) {
  await client.query('CREATE TABLE seats (id int PRIMARY KEY, taken int); INSERT INTO seats VALUES (1, 0)');
  await client.query('CREATE TABLE bookings (guest text)');
}

/**
 * Run bookings at once; return how each ended, sorted. With `write` "count" each adds a row if there
 * is none yet, with "update" each changes one row. With `retry`, one that conflicts begins again.
 */
export async function book(count, { isolation, write = 'count', retry = false }) {
  const clients = await Promise.all(Array.from({ length: count }, () => connect()));
  let read = 0;
  let go;
  const all = new Promise((resolve) => { go = resolve; });
  const run = async (client, guest) => {
    for (let tries = 0; ; tries += 1) {
      try {
        await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
        const { rows: [{ taken }] } = await client.query(write === 'count' ? 'SELECT count(*)::int AS taken FROM bookings' : 'SELECT taken FROM seats WHERE id = 1');
        if (tries === 0) {
          read += 1;
          if (read === count) go();
          await all;
        }
        if (write === 'count') {
          if (taken > 0) { await client.query('ROLLBACK'); return 'full'; }
          await client.query('INSERT INTO bookings VALUES ($1)', [guest]);
        } else {
          await client.query('UPDATE seats SET taken = $1 WHERE id = 1', [taken + 1]);
        }
        await client.query('COMMIT');
        return 'booked';
      } catch (error) {
        await client.query('ROLLBACK');
        if (!retry || !TRANSIENT.has(error.code) || tries === 50) return `${error.code} ${error.message}`;
        // Each waits for another while, so that they do not meet again at once.
        await new Promise((resolve) => { setTimeout(resolve, Math.random() * 20 * (tries + 1)); });
      }
    }
  };
  return (await Promise.all(clients.map((client, index) => run(client, `guest ${index}`)))).sort();
}

/** Return "2 booked, 1 full" of a list. */
export function counted(ends) {
  const found = {};
  for (const end of ends) found[end] = (found[end] ?? 0) + 1;
  return Object.entries(found).map(([end, times]) => `${times} ${end}`).join(', ');
}
