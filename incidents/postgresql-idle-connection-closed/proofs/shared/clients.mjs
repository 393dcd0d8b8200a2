// A way to the database that closes connections, as a proxy does that has been idle for too long; and a client of Prisma.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';

/** Open a port that leads to the database; return it with functions that close or reset all its connections. */
export async function way() {
  const socket = `${process.env.PGHOST}/.s.PGSQL.${process.env.PGPORT ?? 5432}`;
  const open = new Set();
  const server = net.createServer((client) => {
    const there = net.connect(socket);
    open.add(client);
    client.on('error', () => {}).on('close', () => { open.delete(client); there.destroy(); }).pipe(there).on('error', () => {}).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = process.env;
  const settings = { host: '127.0.0.1', port: server.address().port, user, password, database };
  const url = `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@127.0.0.1:${settings.port}/${database}`;
  return {
    settings, url,
    close: () => open.forEach((client) => client.destroy()),
    /** Let the next bytes of each client be answered by a reset. */
    resetNext: () => open.forEach((client) => { client.unpipe(); client.once('data', () => client.resetAndDestroy()).resume(); }),
    end: () => { server.close(); open.forEach((client) => client.destroy()); },
  };
}

/** Return a client of Prisma at this address; its engine is WebAssembly, which npm has, and not the binary. */
export async function prisma(connectionString) {
  mkdirSync('prisma');
  writeFileSync('prisma/schema.prisma', `datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}
generator client {\n  provider = "prisma-client-js"\n  engineType = "client"\n  output = "../client"\n}\nmodel users {\n  id Int @id\n}\n`);
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1', PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_QUERY_ENGINE_LIBRARY: '/bin/true' };
  const { status, stderr } = spawnSync(process.execPath, ['../node_modules/prisma/build/index.js', 'generate'], { encoding: 'utf8', env });
  if (status) throw new Error(stderr);
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const { default: { PrismaClient } } = await import(`${process.cwd()}/client/index.js`);
  return new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 1 }, { onPoolError: () => {} }), errorFormat: 'minimal' });
}

/** Return how a query ended. */
export const ended = (query) => query.then(() => 'ok', (error) => `${error.code ?? 'no code'} ${error.message.trim().split('\n').at(-1)}`);
