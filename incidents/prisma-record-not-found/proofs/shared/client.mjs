// Users with orders, and a client of Prisma.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from '../helpers/database.mjs';

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

/** Return how a call of Prisma ended: its code and the last line of its message, or what it gave. */
export const ended = (call) => call.then((value) => (typeof value?.count === 'number' ? `${value.count} rows` : 'ok'), (error) => `${error.code} ${error.message.trim().split('\n').at(-1)}`);
