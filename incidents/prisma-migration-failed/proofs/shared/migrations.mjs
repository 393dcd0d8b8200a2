// A project with migrations of Prisma in the folder of the proof, and its database.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import pg from 'pg';

// No news, no colors, and no search for binary engines, which are not used.
const PRISMA = '../node_modules/prisma/build/index.js';
const NONE = '/bin/true';
Object.assign(process.env, { CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', NO_COLOR: '1', PRISMA_SCHEMA_ENGINE_BINARY: NONE, PRISMA_QUERY_ENGINE_LIBRARY: NONE });

/** Begin a project in an empty database; return functions that write a migration, run Prisma, and ask the database. */
export async function project() {
  copyFileSync('../shared/prisma.config.mjs', 'prisma.config.mjs');
  mkdirSync('prisma/migrations', { recursive: true });
  writeFileSync('prisma/schema.prisma', 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n');
  writeFileSync('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n');
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const migration = (name, sql) => {
    rmSync(`prisma/migrations/${name}`, { recursive: true, force: true });
    mkdirSync(`prisma/migrations/${name}`);
    writeFileSync(`prisma/migrations/${name}/migration.sql`, sql);
  };
  /** Run `prisma migrate`; return what it says of the outcome, on one line, and its exit code. */
  const migrate = (...values) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [PRISMA, 'migrate', ...values], { encoding: 'utf8' });
    const said = `${stdout}\n${stderr}`;
    const what = /P\d{4}|No pending migrations to apply|All migrations have been successfully applied|marked as [a-z ]+|Database schema is up to date|(?<=Error: ).*/.exec(said)?.[0] ?? said;
    return `${what}; exit ${status}`;
  };
  const sql = (text) => client.query(text).then(({ rows }) => rows.map((row) => Object.values(row).join('|')).join(' and ') || 'none', (error) => `${error.code} ${error.message}`);
  const columns = () => sql("SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0 AND NOT attisdropped");
  return { migration, migrate, sql, columns, end: () => client.end() };
}
