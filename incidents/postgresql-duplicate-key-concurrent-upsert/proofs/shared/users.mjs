// A table with a unique column, and ways to write a user to it. A lock on the table holds the writers between
// what they read and what they write, so that they are there at once.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, untilWaiting } from '../helpers/database.mjs';

const SCHEMA = `
datasource db {
  provider = "postgresql"
  url = env("DATABASE_URL")
}
generator client {
  provider = "prisma-client-js"
  engineType = "client"
  output = "../client"
}
model users {
  id Int @id @default(autoincrement())
  email String @unique
  name String
  orders orders[]
}
model orders {
  id Int @id @default(autoincrement())
  userId Int
  user users @relation(fields: [userId], references: [id])
}
`;

/** Make the tables; return a connection. */
export async function tables() {
  const admin = await connect();
  await admin.query('CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL)');
  await admin.query('CREATE TABLE orders (id serial PRIMARY KEY, "userId" int NOT NULL REFERENCES users)');
  return admin;
}

/** Return a client of Prisma, whose engine is WebAssembly: npm has it, and not the binary. */
export async function prisma() {
  mkdirSync('prisma');
  writeFileSync('prisma/schema.prisma', SCHEMA);
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_QUERY_ENGINE_LIBRARY: '/bin/true' };
  const { status, stderr } = spawnSync(process.execPath, ['../node_modules/prisma/build/index.js', 'generate'], { encoding: 'utf8', env });
  if (status) throw new Error(stderr);
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { default: { PrismaClient } } = await import(`${process.cwd()}/client/index.js`);
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }), errorFormat: 'minimal' });
}

/** Write two or more users at once, each after it has read; return how they ended, sorted. */
export async function atOnce(admin, write, count = 2) {
  await admin.query('BEGIN; LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
  const all = Array.from({ length: count }, (_, i) => write(i).then(() => 'ok', (error) => `${error.code} ${error.message.trim().split('\n').at(-1)}`));
  await untilWaiting(await connect(), count);
  await admin.query('COMMIT');
  return (await Promise.all(all)).sort().join('; ');
}

/** Look for the user, then update or insert it, as two statements of one connection. */
export async function readThenWrite(client, email, name) {
  const { rows } = await client.query('SELECT FROM users WHERE email = $1', [email]);
  return client.query(rows.length ? 'UPDATE users SET name = $2 WHERE email = $1' : 'INSERT INTO users (email, name) VALUES ($1, $2)', [email, name]);
}

