// A registry and proxies of the proof's own, and the real npm that asks them.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { listening } from '../helpers/ports.mjs';

export const HOME = `${process.env.TMPDIR}/npm-home`;
mkdirSync(HOME, { recursive: true });

/** Start a registry that answers, after it has reset so many connections; return its address and how often it answered. */
export async function registry(resets = 0) {
  const one = { answered: 0 };
  const server = http.createServer((request, response) => {
    one.answered += 1;
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  let left = resets;
  const door = net.createServer((socket) => {
    socket.on('error', () => {});
    if (left > 0) { left -= 1; socket.once('data', () => socket.resetAndDestroy()); } else server.emit('connection', socket);
  });
  one.url = `http://127.0.0.1:${await listening(door)}/`;
  return one;
}

/** Start a proxy that asks for a password; return its address. */
export const proxy = async () => `http://127.0.0.1:${await listening(http.createServer((request, response) => { response.statusCode = 407; response.end(); }))}`;

/** Return the address of a proxy that is not there any more. */
export async function oldProxy() {
  const server = net.createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/** Run npm with these words, variables and lines of a settings file; return `answered`, or the code and reason of its error. */
export const npm = (words, env = {}, settings = []) => new Promise((resolve) => {
  writeFileSync(`${HOME}/.npmrc`, ['fetch-retries=0', 'update-notifier=false', `globalconfig=${HOME}/none`, ...settings, ''].join('\n'));
  execFile('npm', [...words, `--globalconfig=${HOME}/none`], { env: { PATH: process.env.PATH, HOME, ...env } }, (error, stdout, stderr) => {
    if (!error) return resolve('answered');
    resolve([stderr.match(/code ([A-Z0-9_]+)/)?.[1], stderr.match(/request to (\S+)/)?.[0], stderr.match(/reason: (.*)/)?.[1]].filter(Boolean).join(', '));
  });
});
