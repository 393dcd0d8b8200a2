// The fixes: rows in the same order, rows locked in order first, and retries. Many transactions at
// once on random rows: in order, none deadlocks; in random order, some do, and with retries all end.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { accounts, both } from '../shared/transfer.mjs';

const client = await connect();
await accounts(client);
shows('both 1 then 2', (await both([[1, 2], [1, 2]])).join(' and '), 'ok and ok');
const lock = 'SELECT FROM accounts WHERE id IN (1, 2) ORDER BY id FOR UPDATE';
shows('opposite order, locked in order first', (await both([[1, 2], [2, 1]], { lock })).join(' and '), 'ok and ok');

let seed = 7;
const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed / 2147483648; };
async function crowd({ sorted, retry }) {
  const ends = { ok: 0, deadlock: 0, retries: 0 };
  await Promise.all(Array.from({ length: 8 }, async () => {
    const session = await connect();
    await session.query("SET deadlock_timeout = '1ms'");
    for (let round = 0; round < 8; round += 1) {
      const rows = Array.from({ length: 10 }, (_, i) => [random(), i + 1]).sort().slice(0, 6).map(([, id]) => id);
      if (sorted) rows.sort((a, b) => a - b);
      for (;;) {
        try {
          await session.query('BEGIN');
          for (const id of rows) await session.query('UPDATE accounts SET amount = amount + 1 WHERE id = $1', [id]);
          await session.query('COMMIT');
          ends.ok += 1;
          break;
        } catch (error) {
          await session.query('ROLLBACK');
          if (error.code !== '40P01') throw error;
          if (!retry) { ends.deadlock += 1; break; }
          ends.retries += 1;
        }
      }
    }
  }));
  return ends;
}
const any = await crowd({ sorted: false, retry: false });
shows('64 transactions, random order', any.deadlock > 0 ? 'some deadlock' : 'none deadlocks', 'some deadlock');
const sorted = await crowd({ sorted: true, retry: false });
shows('64 transactions, sorted', `${sorted.ok} ok, ${sorted.deadlock} deadlocks`, '64 ok, 0 deadlocks');
const retried = await crowd({ sorted: false, retry: true });
shows('64 transactions, random order, tried again', `${retried.ok} ok, ${retried.retries > 0 ? 'after retries' : 'no retry'}`, '64 ok, after retries');
await disconnect();
