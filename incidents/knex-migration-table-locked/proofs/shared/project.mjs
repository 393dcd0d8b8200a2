// A project with migrations of Knex in the folder of the proof, and its command line.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';

/** Write migrations: names, each with the statements that it runs, one after the other. Without a transaction, what was done stays. */
export function project(list, { transaction = true } = {}) {
  mkdirSync('migrations', { recursive: true });
  writeFileSync('knexfile.js', `module.exports = { client: 'pg', connection: process.env.DATABASE_URL };\n`);
  for (const [name, statements] of Object.entries(list)) {
    const up = `async (knex) => { for (const sql of ${JSON.stringify(statements)}) await knex.raw(sql); }`;
    writeFileSync(`migrations/${name}`, `exports.config = { transaction: ${transaction} };\nexports.up = ${up};\nexports.down = async () => {};\n`);
  }
}

/** Run the command line of Knex; return its process, and a promise of how it ended, on one line. */
export function knex(...values) {
  const child = spawn(process.execPath, ['../node_modules/knex/bin/cli.js', ...values], { env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } });
  let said = '';
  child.stdout.on('data', (data) => { said += data; });
  child.stderr.on('data', (data) => { said += data; });
  const ended = once(child, 'close').then(([code, signal]) => {
    const what = /MigrationLocked: Migration table is already locked|Already up to date|Batch \d+ run: \d+ migrations|Succesfully unlocked[^\n]*/.exec(said)?.[0] ?? said.trim().split('\n').at(-1);
    return `${what}; ${signal ?? `exit ${code}`}`;
  });
  return { child, ended };
}

/** End the process as a container does that is stopped too late, and what it left in the database. */
export async function kill({ child, ended }, admin) {
  child.kill('SIGKILL');
  await ended;
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
  await admin.query('COMMIT');
}
