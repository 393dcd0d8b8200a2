// A PostgreSQL server of the proof's own, for what a shared one cannot show: limits and logins.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Make a server with these lines of configuration and start it. Return how to reach it as its
 * superuser `postgres`, and functions that stop it and start it again.
 */
export async function cluster(settings = [], { name = 'cluster', hba, files = {} } = {}) {
  const home = `${process.env.TMPDIR}/${name}`;
  execFileSync('initdb', ['-D', home, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'], { stdio: 'ignore' });
  appendFileSync(`${home}/postgresql.conf`,
    ["listen_addresses = ''", `unix_socket_directories = '${home}'`, 'fsync = off', 'shared_buffers = 4MB', ...settings].join('\n'));
  if (hba) writeFileSync(`${home}/pg_hba.conf`, hba.join('\n') + '\n');
  for (const [name, text] of Object.entries(files)) writeFileSync(`${home}/${name}`, text, { mode: 0o600 });
  let server;
  const start = async () => {
    const log = openSync(`${home}/log`, 'a');
    server = spawn('postgres', ['-D', home], { stdio: ['ignore', log, log] });
    const state = `${home}/postmaster.pid`;
    for (const limit = Date.now() + 30000; ; await pause(10)) {
      if (existsSync(state) && readFileSync(state, 'utf8').split('\n')[7]?.trim() === 'ready') return;
      assert.ok(Date.now() < limit && server.exitCode === null, readFileSync(`${home}/log`, 'utf8'));
    }
  };
  const stop = async () => {
    const ended = new Promise((resolve) => { server.once('exit', resolve); });
    server.kill('SIGINT');
    await ended;
  };
  await start();
  return { host: home, start, stop, url: (user = 'postgres') => `postgres://${user}@/postgres?host=${encodeURIComponent(home)}` };
}
