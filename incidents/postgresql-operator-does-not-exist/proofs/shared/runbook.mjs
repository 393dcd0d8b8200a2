// Runs a command of the runbook, as a reader does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** Run the command in a file of `commands/`; return what it printed, its lines joined, and its exit code. */
export function runbook(file, values = {}) {
  const { stdout, status } = spawnSync('bash', [`../../commands/${file}.sh`], { encoding: 'utf8', env: { ...process.env, ...values } });
  return `${stdout.trim().split('\n').filter(Boolean).join(' and ') || 'nothing'}; exit ${status}`;
}

/** Print a line, and fail when it is not the expected one. */
export function shows(label, got, expected) {
  console.log(`${label}: ${got}`);
  if (expected instanceof RegExp) assert.match(String(got), expected);
  else assert.equal(String(got), expected);
}
