// What the proofs of this incident share: connections, and ways to make a race happen every time.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const open = [];

/** Return a connection to the proof's own database. */
export async function connect() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  open.push(client);
  return client;
}

/** Close all connections, so that the proof can end. */
export async function disconnect() {
  await Promise.all(open.splice(0).map((client) => client.end()));
}

/** Run a statement; return "ok", or the error as PostgreSQL names it. */
export async function said(client, sql, values) {
  try {
    await client.query(sql, values);
    return 'ok';
  } catch (error) {
    return `${error.code} ${error.message}${error.detail ? `, ${error.detail}` : ''}`;
  }
}

/** Return what each session of this database waits for, such as "transactionid" or "relation". */
async function waiting(client) {
  const { rows } = await client.query(
    `SELECT wait_event FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND wait_event_type = 'Lock'
     ORDER BY wait_event`);
  return rows.map((row) => row.wait_event);
}

/** Wait until this many sessions wait for a lock, and return what for; fail when they never do. */
export async function untilWaiting(client, count, seconds = 20) {
  for (const limit = Date.now() + seconds * 1000; ; await pause(3)) {
    const found = await waiting(client);
    if (found.length === count) return found;
    assert.ok(Date.now() < limit, `after ${seconds} s, ${found.length} sessions wait for a lock, not ${count}`);
  }
}

/**
 * Hold everybody who creates a table just before the end, and return the connection that does;
 * its COMMIT lets them go on. CREATE TABLE writes the table's row type to pg_type first and the
 * entry of its primary key to pg_index late. So the first one waits here with its type written
 * and not committed, and whoever comes after it waits for that type.
 */
export async function holdCreateTable(catalog = 'pg_index') {
  const gate = await connect();
  await gate.query('BEGIN');
  await gate.query(`LOCK TABLE pg_catalog.${catalog} IN SHARE MODE`);
  return gate;
}
