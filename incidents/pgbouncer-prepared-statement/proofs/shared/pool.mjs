// Clients of PgBouncer, and of the server behind it. `moved` makes what happens by chance under load
// happen every time: a client's next query goes to another connection of the server.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import postgres from 'postgres';

export const THROUGH_POOL = process.env.PGBOUNCER_URL;
export const DIRECT = process.env.DATABASE_URL;

const open = [];

/** Return a client of node-postgres; it ends with `disconnect`. */
export async function connect(connectionString = THROUGH_POOL) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  open.push(client);
  return client;
}

/** Return a client of postgres.js, with one connection to PgBouncer. */
export const postgresJs = (options = {}) => {
  const { PGBOUNCER_HOST, PGBOUNCER_PORT, PGUSER: user, PGPASSWORD: pass, PGDATABASE: database } = process.env;
  return postgres({ path: `${PGBOUNCER_HOST}/.s.PGSQL.${PGBOUNCER_PORT}`, user, pass, database, max: 1, ...options });
};

/** Close all clients, so that the proof can end. */
export async function disconnect() {
  await Promise.all(open.splice(0).map((client) => client.end()));
}

/** A query that node-postgres prepares under this name, once for each client. */
export const named = (name) => ({ name, text: 'SELECT $1::int + 1 AS found', values: [41] });

/**
 * Return what a query answers, or its error as PostgreSQL names it. An error arrives before the server
 * is ready again, and PgBouncer keeps the connection until then: what follows begins only after that,
 * so that it is always the same connection that was given back last.
 */
export async function said(query) {
  try {
    const result = await query;
    return String((result.rows ?? result)[0].found);
  } catch (error) {
    while (!open.every((client) => client.readyForQuery)) await pause(1);
    return `${error.code} ${error.message}`;
  }
}

/** While `work` runs, hold the connection of the server that was used last, in a transaction. */
export async function moved(work, connectionString = THROUGH_POOL) {
  const other = await connect(connectionString);
  await other.query('BEGIN');
  try {
    return await work();
  } finally {
    await other.query('COMMIT');
  }
}
