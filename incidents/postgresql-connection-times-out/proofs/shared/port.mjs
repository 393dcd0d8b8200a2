// A TCP port in front of the proof's PostgreSQL that can swallow packets, as a firewall does. The process
// behind it is stopped, and its queue is full: the kernel then answers no packet that opens a connection.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';

const FORWARD = `
const net = require('net');
const server = net.createServer((client) => {
  const there = net.connect(process.argv[1]);
  client.on('error', () => there.destroy()).pipe(there).on('error', () => client.destroy()).pipe(client);
}).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;

/** Open a port that leads to the database; return it with functions that swallow packets and let them pass again. */
export async function port() {
  const socket = `${process.env.PGHOST}/.s.PGSQL.${process.env.PGPORT ?? 5432}`;
  const process_ = spawn(process.execPath, ['-e', FORWARD, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const number = Number(String((await once(process_.stdout, 'data'))[0]));
  const waiting = [];
  const opens = () => new Promise((resolve) => {
    const one = net.connect({ port: number, host: '127.0.0.1' }).on('error', () => {});
    waiting.push(one);
    one.once('connect', () => resolve(true));
    setTimeout(() => resolve(false), 150);
  });
  const swallow = async () => {
    process_.kill('SIGSTOP');
    for (let tries = 0; await opens(); tries += 1) assert.ok(tries < 20, 'the queue is never full');
  };
  const pass = () => {
    waiting.splice(0).forEach((one) => one.destroy());
    process_.kill('SIGCONT');
  };
  return { number, swallow, pass, close: () => process_.kill('SIGKILL') };
}

/** Return the settings of a client that goes through this port. */
export function through(number, settings = {}) {
  const { PGUSER: user, PGPASSWORD: password, PGDATABASE: database } = process.env;
  return { host: '127.0.0.1', port: number, user, password, database, ...settings };
}

/** Return a value that says how it ended: its first value, or the message of its error. */
export const said = (answer) => answer.then((value) => (value?.rows ? String(Object.values(value.rows[0])[0]) : 'connected'), (error) => error.message);
