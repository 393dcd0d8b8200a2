// An application with an idle connection, as a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const APP = `
const pg = require('pg');
const url = process.env.DATABASE_URL;
(async () => {
  const db = process.env.KIND === 'client' ? new pg.Client({ connectionString: url }) : new pg.Pool({ connectionString: url, max: 1 });
  if (process.env.HANDLER === 'yes') db.on('error', (error) => console.log('logged: ' + error.message));
  if (process.env.KIND === 'client') await db.connect();
  const { rows: [{ pid }] } = await db.query('SELECT pg_backend_pid() AS pid');
  console.log('backend ' + pid);
  process.stdin.on('data', () => db.query('SELECT 1').then(() => console.log('answer: ok'), (error) => console.log('answer: ' + error.message)));
})();
`;

/** Start the application; return its session's number, how to ask it for a query, and its end. */
export async function start(env = {}) {
  const child = spawn(process.execPath, ['-e', APP], { env: { ...process.env, ...env } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { log += data; });
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  const until = async (pattern) => {
    for (let tries = 0; tries < 1000 && !pattern.test(log) && child.exitCode === null; tries += 1) await pause(10);
    return pattern.exec(log);
  };
  const backend = (await until(/backend (\d+)/))[1];
  return {
    backend, closed, log: () => log, until,
    query: async () => {
      const before = (log.match(/answer: .*/g) ?? []).length;
      child.stdin.write('x');
      for (let tries = 0; tries < 1000 && (log.match(/answer: .*/g) ?? []).length === before && child.exitCode === null; tries += 1) await pause(10);
      return log.match(/answer: .*/g)?.at(-1) ?? 'no answer';
    },
    state: async () => {
      await Promise.race([closed, pause(400)]);
      return child.exitCode === null ? 'runs' : `ended with ${child.exitCode}`;
    },
    end: () => child.kill('SIGKILL'),
  };
}
