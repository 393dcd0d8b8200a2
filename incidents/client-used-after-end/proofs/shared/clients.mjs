// Clients of the proof's own PostgreSQL and Redis, and what a call says.
import knex from 'knex';
import pg from 'pg';
import { createClient } from 'redis';
import { Sequelize } from 'sequelize';
import typeorm from 'typeorm';

/** Run a call; return "ok", or the message of its error. */
export const said = async (call) => {
  try {
    await call();
    return 'ok';
  } catch (error) {
    return error.message;
  }
};

const { DATABASE_URL, PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, REDIS_SOCKET, REDIS_PASSWORD } = process.env;
export const pool = () => new pg.Pool({ connectionString: DATABASE_URL });
export const client = () => new pg.Client(DATABASE_URL);
export const sequelize = () => new Sequelize(DATABASE_URL, { logging: false });
export const builder = () => knex({ client: 'pg', connection: { connectionString: DATABASE_URL } });
export const source = () => new typeorm.DataSource({ type: 'postgres', host: PGHOST, port: Number(PGPORT ?? 5432), username: PGUSER, password: PGPASSWORD, database: PGDATABASE });

/** A client of node-redis that nobody has opened. */
export function redis() {
  const made = createClient({ socket: { path: REDIS_SOCKET }, password: REDIS_PASSWORD });
  made.on('error', () => {});
  return made;
}
