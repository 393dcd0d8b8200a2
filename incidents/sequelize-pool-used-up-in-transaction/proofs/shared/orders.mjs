// A server that stores orders: each request is a transaction with two queries. With `passed`, the
// second query gets the transaction; without, it takes another connection from the pool. Those that
// fail give their connections back only when all second queries have ended: on a busy machine, one
// whose time is up a moment later would get such a connection, and the numbers would differ.
import { Sequelize } from 'sequelize';

/** Return Sequelize with a pool of this size. */
export function server(max, { acquire = 400 } = {}) {
  return new Sequelize(process.env.DATABASE_URL, { logging: false, pool: { max, min: 0, acquire } });
}

/** Handle requests at once, all of which begin before one goes on; count how they ended. */
export async function requests(db, count, { passed = false, limit = count, meanwhile = async () => {} } = {}) {
  let begun = 0;
  let go;
  const all = new Promise((resolve) => { go = resolve; });
  const seconds = [];
  const one = () => db.transaction(async (transaction) => {
    await db.query('SELECT 1', { transaction });
    begun += 1;
    if (begun >= Math.min(count, limit, db.options.pool.max)) go();
    await all;
    const second = db.query('SELECT 2', passed ? { transaction } : {});
    seconds.push(second);
    await second.catch(() => Promise.allSettled(seconds));
    await second;
  }).then(() => 'stored', (error) => `${error.name}: ${error.message}`);
  const ended = {};
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const how = await one();
      ended[how] = (ended[how] ?? 0) + 1;
    }
  };
  const workers = Promise.all(Array.from({ length: limit }, worker));
  await all;
  await meanwhile();
  await workers;
  return Object.entries(ended).sort().map(([how, times]) => `${times} ${how}`).join(', ');
}
