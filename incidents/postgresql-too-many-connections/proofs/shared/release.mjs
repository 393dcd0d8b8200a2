// A release: instances, each with a pool that is in full use.
import { execFileSync } from 'node:child_process';
import pg from 'pg';

/** Start the instances of a release; return them, and the errors that they got. */
export async function release(url, instances, max, name = 'app') {
  const pools = Array.from({ length: instances }, () => new pg.Pool({ connectionString: url, max, application_name: name }));
  pools.forEach((pool) => pool.on('error', () => {}));
  const used = pools.flatMap((pool) => Array.from({ length: max }, () => pool.query('SELECT pg_sleep(0.3)')));
  const errors = (await Promise.allSettled(used)).filter((one) => one.reason).map(({ reason }) => `${reason.code} ${reason.message}`);
  return { errors, end: () => Promise.all(pools.map((pool) => pool.end())) };
}

/** Run a command of the runbook that must succeed, and return what it printed, line by line. */
export function runbook(file, values) {
  return execFileSync('bash', [`../../commands/${file}`], { encoding: 'utf8', env: { ...process.env, ...values } }).trim();
}
