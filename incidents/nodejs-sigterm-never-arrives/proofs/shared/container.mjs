// Ends a server as a container does: SIGTERM goes to the process that was started, and when that one
// has ended, or after the grace period, everything that is left is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const folder = new URL('.', import.meta.url).pathname;

/** Start a command in its own process group; return its log, its port and the number of the server. */
export async function start(command, env = {}) {
  const child = spawn(command[0], command.slice(1), {
    cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_config_update_notifier: 'false', npm_config_loglevel: 'silent', ...env },
  });
  let log = '';
  child.stdout.on('data', (data) => { log += data; });
  for (let tries = 0; tries < 1500 && !/as \d+/.test(log); tries += 1) await pause(20);
  const [, port, pid] = /listening on (\d+) as (\d+)/.exec(log);
  return { child, pid: Number(pid), port: Number(port), log: () => log };
}

/** Send a request, stop the server while it is being handled; return what the request got, and whether the signal arrived. */
export async function stop(command, { env, sleep = 0, grace = 5000 } = {}) {
  const { child, port, log } = await start(command, env);
  const answer = new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
      let body = '';
      response.on('data', (data) => { body += data; });
      response.on('end', () => resolve(body));
      response.on('error', (error) => resolve(`cut (${error.code})`));
    });
    request.on('error', (error) => resolve(`cut (${error.code})`));
  });
  await pause(150);
  await pause(sleep);
  const ended = once(child, 'exit');
  const closed = once(child, 'close'); // later: all that it printed is here
  child.kill('SIGTERM');
  const late = await Promise.race([ended.then(() => ''), pause(grace, ', killed after the grace period', { ref: false })]);
  try { process.kill(-child.pid, 'SIGKILL'); } catch { /* nothing is left */ }
  await closed;
  return `${log().includes('SIGTERM arrived') ? 'SIGTERM arrived' : 'no SIGTERM'}, request ${await answer}${late}`;
}
