// As many transactions as the pool has connections, and a query in each that does not use the
// transaction: nobody gets a second connection, so nobody gives the first one back. The same
// queries with the transaction passed need one connection each, and any number of requests ends.
import knex from 'knex';
import { shows } from '../helpers/runbook.mjs';
import { requests, server } from '../shared/orders.mjs';

const TIMEOUT = 'SequelizeConnectionAcquireTimeoutError: Operation timeout';
const db = server(3);
shows('Sequelize, pool.max 3, 2 requests', await requests(db, 2), '2 stored');
shows('Sequelize, pool.max 3, 3 requests', await requests(db, 3), `3 ${TIMEOUT}`);
shows('Sequelize, pool.max 3, 30 requests, transaction passed', await requests(db, 30, { passed: true }), '30 stored');
await db.close();

const other = knex({ client: 'pg', connection: process.env.DATABASE_URL, pool: { min: 0, max: 1 }, acquireConnectionTimeout: 300 });
const said = await other.transaction(async (trx) => {
  await trx.raw('SELECT 1');
  await other.raw('SELECT 2');
}).then(() => 'stored', (error) => `${error.name}: ${error.message}`);
shows('Knex, pool of 1', said, 'KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?');
await other.destroy();
