// An application that connects at its start, once or until it succeeds.
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';

/** Connect once; return how it ended. */
export async function once(options) {
  const client = new pg.Client({ user: 'postgres', database: 'postgres', connectionTimeoutMillis: 700, ...options });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return 'connected';
  } catch (error) {
    return [error.code, ...(error.errors ?? []).map((one) => one.code), error.message].filter(Boolean).join(' ');
  } finally {
    await client.end().catch(() => {});
  }
}

/** Connect, and try again after a pause that grows; return after how many tries it was connected. */
export async function untilConnected(options, { first = 20, most = 500, limit = 20000 } = {}) {
  const end = Date.now() + limit;
  for (let tries = 1, wait = first; ; tries += 1, wait = Math.min(wait * 2, most)) {
    const how = await once(options);
    if (how === 'connected') return tries;
    if (Date.now() > end) throw new Error(`not connected after ${tries} tries: ${how}`);
    await pause(wait);
  }
}
