// A service in a process of its own. Stopped, with a full queue, it answers no packet that opens a connection, as behind a firewall.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

const SERVICE = `
let answered = 0;
const server = require('http').createServer((request, response) => {
  if (request.url === '/silent') return; // it never answers
  if (request.url !== '/count') answered += 1;
  response.end(String(answered));
}).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;

/** Start a service; return its port and address, and functions that swallow connections and let them pass again. */
export async function service() {
  const running = spawn(process.execPath, ['-e', SERVICE], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(String((await once(running.stdout, 'data'))[0]));
  const waiting = [];
  const opens = () => new Promise((resolve) => {
    const one = net.connect({ port, host: '127.0.0.1' }).on('error', () => {});
    waiting.push(one);
    one.once('connect', () => resolve(true));
    setTimeout(() => resolve(false), 150);
  });
  const swallow = async () => {
    running.kill('SIGSTOP');
    for (let tries = 0; await opens(); tries += 1) assert.ok(tries < 20, 'the queue is never full');
  };
  const pass = () => {
    waiting.splice(0).forEach((one) => one.destroy());
    running.kill('SIGCONT');
  };
  const url = `http://127.0.0.1:${port}/`;
  const answered = async () => (await fetch(`${url}count`, { headers: { connection: 'close' } })).text();
  return { port, url, swallow, pass, answered, end: () => running.kill('SIGKILL') };
}

/** Ask with `fetch` and a limit in milliseconds; return the status, or the name of the error. */
export const asked = (url, limit) => fetch(url, { signal: AbortSignal.timeout(limit), headers: { connection: 'close' } })
  .then(async (answer) => { await answer.text(); return String(answer.status); }, (error) => error.cause?.code ?? error.name);

/** Ask with a limit, and compute for a time as soon as the request is sent; return the status, or the name of the error. */
export const askedWhileBusy = (url, limit, time) => new Promise((resolve) => {
  const request = http.request(url, { agent: false, signal: AbortSignal.timeout(limit) }, (response) => { response.resume(); resolve(String(response.statusCode)); });
  request.once('error', (error) => resolve(error.cause?.name ?? error.code));
  request.once('socket', (socket) => socket.once('connect', () => {
    request.end();
    for (const until = Date.now() + time; Date.now() < until;);
  }));
});
