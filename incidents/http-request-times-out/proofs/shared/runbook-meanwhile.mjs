// Runs a command of the runbook, as a reader does, while the servers of this process go on.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';

/** Run the command in a file of `commands/`; return what it printed, its lines joined, and its exit code. */
export const runbook = (file, values = {}) => new Promise((resolve) => {
  execFile('bash', [`../../commands/${file}.sh`], { env: { ...process.env, ...values } }, (error, stdout) => {
    resolve(`${stdout.trim().split('\n').filter(Boolean).join(' and ') || 'nothing'}; exit ${error?.code ?? 0}`);
  });
});

/** Print a line, and fail when it is not the expected one. */
export function shows(label, got, expected) {
  console.log(`${label}: ${got}`);
  if (expected instanceof RegExp) assert.match(String(got), expected);
  else assert.equal(String(got), expected);
}
