// A small file system in memory that can be filled: the /dev/shm of the sandbox.
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, statfsSync, writeSync } from 'node:fs';

export const FOLDER = '/dev/shm/full';

/** Return what an action ends with: `done`, or the message of its error. */
export function tried(action) {
  try { action(); return 'done'; } catch (error) { return error.message.split(' \'')[0]; }
}

/** Fill the file system with one open file; return its name, and how to close it. */
export function fill() {
  const { blocks, bsize } = statfsSync('/dev/shm');
  assert.ok(blocks * bsize <= 1024 ** 3, '/dev/shm is too large to be filled');
  mkdirSync(FOLDER, { recursive: true });
  const name = `${FOLDER}/app.log`;
  const file = openSync(name, 'w');
  for (const block of [Buffer.alloc(1024 ** 2, 'x'), Buffer.alloc(4096, 'x')]) while (tried(() => writeSync(file, block)) === 'done');
  return { name, close: () => closeSync(file) };
}
