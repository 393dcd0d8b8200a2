// Servers as processes of their own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export const PORT = '4599';
export const SERVER = `
const http = require('http');
const server = http.createServer((q, r) => r.end('version ' + process.env.VERSION));
server.listen(Number(process.env.PORT), () => console.log('listening'));
if (process.env.KEEPS === 'yes') process.on('SIGTERM', () => { console.log('told to stop'); setTimeout(() => process.exit(0), 700); });
`;

/** Start a server; return it once it listens or has ended, with what it said. */
export async function start(version, env = {}) {
  const child = spawn(process.execPath, ['-e', SERVER], { env: { ...process.env, VERSION: version, PORT, ...env } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { log += data; });
  const ended = once(child, 'close');
  for (let tries = 0; tries < 1000 && !log.includes('listening') && child.exitCode === null; tries += 1) await pause(10);
  if (child.exitCode !== null) await ended;
  return { child, ended, said: log.includes('listening') ? 'listening' : /Error: .*/.exec(log)?.[0] ?? log };
}

/** Return what answers at the port. */
export const answer = () => fetch(`http://127.0.0.1:${PORT}/`, { headers: { connection: 'close' } }).then((response) => response.text(), () => 'nothing');
