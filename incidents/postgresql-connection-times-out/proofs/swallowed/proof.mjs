// What clients say of a port that swallows packets, of a pool that is used up, and of a driver that is older
// than the Node.js that runs it. When the packets pass again, the same pool is answered.
import { spawnSync } from 'node:child_process';
import net from 'node:net';
import { once } from 'node:events';
import pg from 'pg';
import pg7 from 'pg-7';
import postgres from 'postgres';
import { port, said, through } from '../shared/port.mjs';
import { shows } from '../helpers/runbook.mjs';

const { number, swallow, pass, close } = await port();
const limited = (more) => through(number, { connectionTimeoutMillis: 250, ...more });
const connected = (Client, settings) => said(new Client(settings).on('error', () => {}).connect());
const pool = new pg.Pool(limited({ max: 2, idleTimeoutMillis: 1 }));
shows('packets pass', await said(pool.query('SELECT 42')), '42');

await swallow();
shows('swallowed, Client', await connected(pg.Client, limited()), 'timeout expired');
shows('swallowed, Pool', await said(pool.query('SELECT 42')), 'Connection terminated due to connection timeout');
const sql = postgres(limited({ connect_timeout: 0.25, max: 1 }));
shows('swallowed, postgres.js', await said(sql`SELECT 42`), `write CONNECT_TIMEOUT 127.0.0.1:${number}`);
const psql = spawnSync('psql', ['-X', '-c', 'SELECT 42'], { encoding: 'utf8', env: { ...process.env, PGHOST: '127.0.0.1', PGPORT: String(number), PGCONNECT_TIMEOUT: '2' } });
shows('swallowed, psql', /timeout expired/.exec(psql.stderr)?.[0], 'timeout expired');
pass();
const patient = new pg.Pool(limited({ connectionTimeoutMillis: 5000 }));
shows('packets pass again', await said(patient.query('SELECT 42')), '42');
shows('packets pass again, the same pool', await said(pool.query('SELECT 42')), '42');

const held = [await pool.connect(), await pool.connect()];
shows('all connections in use, Pool', await said(pool.query('SELECT 42')), 'timeout exceeded when trying to connect');
held.forEach((client) => client.release());
shows('given back, Pool', await said(pool.query('SELECT 42')), '42');

shows('driver 7 on this Node.js, the same port', await connected(pg7.Client, limited()), 'timeout expired');
shows('driver 8, the same port', await connected(pg.Client, limited()), 'connected');
const silent = net.createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
await once(silent, 'listening');
shows('a port that accepts and is silent', await connected(pg.Client, limited({ port: silent.address().port })), 'timeout expired');
close();
process.exit(0);
