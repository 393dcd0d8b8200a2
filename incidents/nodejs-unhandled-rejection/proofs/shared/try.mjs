// Starts the server, and sends one request to each route at the same time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const server = new URL('server.js', import.meta.url).pathname;

/** Return what both requests got, how the process stands, and its log. */
export async function both(mode, options = []) {
  const child = spawn(process.execPath, [...options, server], { env: { ...process.env, MODE: mode } });
  const ended = once(child, 'close');
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { log += data; });
  for (let tries = 0; tries < 1500 && !log.includes('listening'); tries += 1) await pause(10);
  const port = /listening on (\d+)/.exec(log)[1];
  const get = (path) => new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', path, agent: false, timeout: 900 }, (response) => {
      response.resume();
      response.on('end', () => resolve(String(response.statusCode)));
      response.on('error', (error) => resolve(error.code));
    });
    request.on('timeout', () => { resolve('hangs'); request.destroy(); });
    request.on('error', (error) => resolve(error.code));
  });
  const answers = await Promise.all([get('/slow'), get('/broken')]);
  // A cut request can be seen before the end of the process.
  if (answers.includes('ECONNRESET')) await ended;
  const state = child.exitCode === null ? 'runs' : `ended with ${child.exitCode}`;
  child.kill('SIGKILL');
  return { said: `another request ${answers[0]}, broken one ${answers[1]}, process ${state}`, log };
}
