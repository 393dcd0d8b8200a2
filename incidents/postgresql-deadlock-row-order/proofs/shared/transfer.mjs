// Two transactions that each change two rows, held in step: each has changed its first row before
// either goes on to its second.
import { connect } from '../helpers/database.mjs';

/** Run both; return how each ended, sorted. `orders` says which rows, in which order. */
export async function both(orders, { isolation = 'READ COMMITTED', lock = '' } = {}) {
  const clients = [await connect(), await connect()];
  let arrived = 0;
  let go;
  const met = new Promise((resolve) => { go = resolve; });
  const run = async (client, [first, second]) => {
    try {
      await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
      await client.query("SET LOCAL deadlock_timeout = '50ms'");
      if (lock) await client.query(lock);
      const change = (id) => client.query('UPDATE accounts SET amount = amount + 1 WHERE id = $1', [id]);
      // In the same order, the second one waits here, and no longer for the other to arrive.
      const begun = change(first).then(() => { arrived += 1; if (arrived === 2) go(); });
      await Promise.race([begun.then(() => met), begun.then(() => new Promise((resolve) => { setTimeout(resolve, 300); }))]);
      await begun;
      await change(second);
      await client.query('COMMIT');
      return 'ok';
    } catch (error) {
      await client.query('ROLLBACK');
      return `${error.code} ${error.message}`;
    }
  };
  return (await Promise.all(clients.map((client, index) => run(client, orders[index])))).sort();
}

/** Make the table. */
export async function accounts(client) {
  await client.query('CREATE TABLE accounts (id int PRIMARY KEY, amount int); INSERT INTO accounts SELECT i, 0 FROM generate_series(1, 10) i');
}
