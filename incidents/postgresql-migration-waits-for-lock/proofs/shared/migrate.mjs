// A migration that gives way: each try waits for locks for a short time, then lets the others through.
import { setTimeout as wait } from 'node:timers/promises';

/** Run statements in one transaction; return after how many tries. */
export async function migrate(client, statements, { lockTimeout = 2000, pause = 5000, tries = 20 } = {}) {
  for (let count = 1; ; count += 1) {
    try {
      await client.query('BEGIN');
      await client.query(`SET LOCAL lock_timeout = ${lockTimeout}`);
      for (const sql of statements) await client.query(sql);
      await client.query('COMMIT');
      return count;
    } catch (error) {
      await client.query('ROLLBACK');
      if (error.code !== '55P03' || count === tries) throw error; // 55P03: lock_not_available
      await wait(pause);
    }
  }
}
