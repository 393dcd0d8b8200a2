// A real nginx of the proof's own, with the lines that a proof wants in its configuration.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './ports.mjs';

/** Start nginx with lines for its `server` block, and for its `http` block; return how to ask it, and what it logs. */
export async function nginx(server, httpLines = '') {
  const port = await freePort();
  const home = `${process.env.TMPDIR}/nginx-${port}`;
  const url = `http://127.0.0.1:${port}`;
  mkdirSync(`${home}/tmp`, { recursive: true });
  const configure = (lines, more = httpLines) => writeFileSync(`${home}/nginx.conf`, `
    daemon off; pid ${home}/pid; error_log ${home}/error.log;
    events {}
    http {
      access_log ${home}/access.log;
      client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi;
      uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;
      ${more}
      server { listen 127.0.0.1:${port}; ${lines} }
    }`);
  configure(server);
  let running;
  const start = async () => {
    const log = openSync(`${home}/printed`, 'a');
    running = spawn('nginx', ['-e', `${home}/error.log`, '-p', home, '-c', `${home}/nginx.conf`], { stdio: ['ignore', log, log] });
    for (const limit = Date.now() + 20000; !existsSync(`${home}/pid`); await pause(10)) {
      assert.ok(Date.now() < limit && running.exitCode === null, readFileSync(`${home}/printed`, 'utf8'));
    }
  };
  const restart = async (lines, more) => {
    if (lines !== undefined) configure(lines, more);
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
    rmSync(`${home}/pid`, { force: true });
    await start();
  };
  /** Return the status of an answer. */
  const ask = async (path = '/', { method = 'GET', body, headers = {} } = {}) => {
    const request = http.request({ port, host: '127.0.0.1', path, method, headers, agent: false });
    request.end(body);
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    return String(response.statusCode);
  };
  await start();
  return { ask, home, port, url, restart, errors: () => readFileSync(`${home}/error.log`, 'utf8') };
}
