// Migrations of Knex, given as a list, and how a run of them ends.
import knex from 'knex';

/** Return Knex on the proof's database with these migrations: names, each with the statement that it runs. */
export function migrations(list) {
  const names = Object.keys(list);
  const migrationSource = {
    getMigrations: async () => names,
    getMigrationName: (name) => name,
    getMigration: async (name) => ({ up: (db) => db.raw(list[name]), down: async () => {}, config: { transaction: true } }),
  };
  const db = knex({ client: 'pg', connection: process.env.DATABASE_URL, log: { warn() {}, error() {} }, migrations: { migrationSource } });
  const latest = () => db.migrate.latest().then(([, ran]) => `ran ${ran.join(', ') || 'nothing'}`, (error) => `${error.code} ${error.message.split(' - ').at(-1)}`);
  return { db, latest };
}
