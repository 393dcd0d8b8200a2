// A project with migrations of Knex in the folder of the proof, and its command line.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

/** Write migrations: names, each with the statement that it runs. */
export function project(list, more = '') {
  mkdirSync('migrations', { recursive: true });
  writeFileSync('knexfile.js', `module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { loadExtensions: ['.js', '.cjs'], ${more} } };\n`);
  for (const [name, sql] of Object.entries(list)) {
    writeFileSync(`migrations/${name}`, `exports.up = (knex) => knex.raw(${JSON.stringify(sql)});\nexports.down = async () => {};\n`);
  }
}

/** Run the command line of Knex; return how it ended, on one line. */
export function knex(...values) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['../node_modules/knex/bin/cli.js', ...values], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } });
  const said = stdout + stderr;
  const what = /The migration directory is corrupt, the following files are missing: [^\n]*|Already up to date|Batch \d+ run: \d+ migrations|(?<= - )relation "\w+" already exists/.exec(said)?.[0] ?? said.trim().split('\n').at(-1);
  return `${what}; exit ${status}`;
}
