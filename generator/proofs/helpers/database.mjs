// Connections to the proof's own PostgreSQL database, and a way to wait for a lock. Needs the package `pg`.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const open = [];

/** Return a connection; it ends with `disconnect`. */
export async function connect(options = {}) {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, ...options });
  client.on('error', () => {}); // a connection that the server ends; the query in it says so
  await client.connect();
  open.push(client);
  return client;
}

/** Close all connections, so that the proof can end. */
export async function disconnect() {
  await Promise.all(open.splice(0).map((client) => client.end()));
}

/** Run a statement; return "ok", or the error as PostgreSQL names it: code, message, detail. */
export async function said(client, sql, values) {
  try {
    await client.query(sql, values);
    return 'ok';
  } catch (error) {
    return `${error.code} ${error.message}${error.detail ? `, ${error.detail}` : ''}`;
  }
}

/**
 * Wait until this many sessions of the database wait for a lock; fail when they never do.
 * Return what they wait for, such as "transactionid" or "relation".
 */
export async function untilWaiting(client, count, seconds = 20) {
  for (const limit = Date.now() + seconds * 1000; ; await pause(3)) {
    const { rows } = await client.query(
      `SELECT wait_event FROM pg_stat_activity
       WHERE datname = current_database() AND backend_type = 'client backend' AND wait_event_type = 'Lock'
       ORDER BY wait_event`);
    if (rows.length === count) return rows.map((row) => row.wait_event);
    assert.ok(Date.now() < limit, `after ${seconds} s, ${rows.length} sessions wait for a lock, not ${count}`);
  }
}
