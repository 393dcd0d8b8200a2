// Redis servers of the proof's own, so that they can be broken, on the loopback of its own network.
// Needs the package `ioredis`.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import Redis from 'ioredis';
import { freePort } from './ports.mjs';

const PASSWORD = 'of-this-proof-alone';

const run = (command, values = []) => new Promise((resolve) => {
  execFile(command, values, { env: process.env }, (error, stdout, stderr) => resolve({ exit: error?.code ?? 0, stdout, stderr }));
});

/** Start a server with these settings; return its address, its folder, its log, and functions to end it and start it again. */
export async function redis(settings = {}, { password = PASSWORD } = {}) {
  const port = await freePort();
  const home = `${process.env.TMPDIR}/redis-${port}`;
  mkdirSync(`${home}/data`, { recursive: true });
  const all = { port, bind: '127.0.0.1', dir: `${home}/data`, save: '', ...(password && { requirepass: password, masterauth: password }), ...settings };
  let server;
  const start = async () => {
    const log = openSync(`${home}/log`, 'a');
    server = spawn('redis-server', Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]), { stdio: ['ignore', log, log] });
    for (const limit = Date.now() + 20000; ; await pause(20)) {
      const { stdout } = await run('redis-cli', ['-p', port, ...(password ? ['-a', password, '--no-auth-warning'] : []), 'PING']);
      if (stdout.trim() === 'PONG') return;
      assert.ok(Date.now() < limit && server.exitCode === null, readFileSync(`${home}/log`, 'utf8'));
    }
  };
  const crash = async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  return { port, password, data: `${home}/data`, log: `${home}/log`, start, crash, url: `redis://${password ? `default:${password}@` : ''}127.0.0.1:${port}` };
}

/** Return a client of ioredis. */
export function connect(server, options = {}) {
  const client = new Redis(server.url, { maxRetriesPerRequest: 1, ...options });
  client.on('error', () => {});
  return client;
}

/** Return what a command answers, or the first words of its error. */
export const said = (answer) => answer.then(String, (error) => error.message);
