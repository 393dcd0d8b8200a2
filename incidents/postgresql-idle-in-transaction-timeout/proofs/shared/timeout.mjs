// Clients whose sessions the server ends after 100 ms without work in a transaction, and a slow thing
// that has nothing to do with the database.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export const LIMIT = 100;

/** Return a pool of one connection; its options are those of node-postgres. */
export function pool(options = {}) {
  const made = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1, idle_in_transaction_session_timeout: LIMIT, ...options });
  made.on('error', () => {});
  return made;
}

/** Stand for a request to another service; it takes longer than the limit. */
export const callPaymentService = () => pause(4 * LIMIT);

/** Return "ok", or the error as PostgreSQL or the driver names it. */
export const said = (work) => work.then(() => 'ok', (error) => `${error.code ?? 'no code'} ${error.message}`);
