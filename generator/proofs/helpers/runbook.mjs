// What most proofs do: run a command of the runbook, show what was seen, wait for a state.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Run a command of the runbook as a reader does, such as `await runbook('fix-2', { TABLE: 'orders' })`.
 * Return the lines that it printed, joined with " and ", and its exit code. Servers of the proof go on meanwhile.
 */
export const runbook = (command, values = {}) => new Promise((resolve) => {
  execFile('bash', [`../../commands/${command}.sh`], { env: { ...process.env, ...values } }, (error, stdout) => {
    const lines = stdout.trim().split('\n').filter(Boolean);
    resolve(`${lines.join(' and ') || 'nothing'}; exit ${error?.code ?? error?.signal ?? 0}`);
  });
});

/** Print what was seen, and fail when it is not the expected text, or does not match the expected pattern. */
export function shows(label, seen, expected) {
  console.log(`${label}: ${seen}`);
  if (expected instanceof RegExp) assert.match(String(seen), expected);
  else assert.equal(String(seen), expected);
}

/** Wait until something is so; fail with this text when it is not after some seconds. */
export async function until(holds, what, seconds = 20) {
  for (const limit = Date.now() + seconds * 1000; !(await holds()); await pause(10)) assert.ok(Date.now() < limit, what);
}
