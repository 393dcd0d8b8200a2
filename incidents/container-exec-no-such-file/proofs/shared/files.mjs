// Files, and how the kernel starts them, without a shell in between.
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/** Write an executable file. */
export function program(name, content, mode = 0o755) {
  writeFileSync(name, content);
  chmodSync(name, mode);
  return `./${name}`;
}

/** Start it as a container does; return what it printed, or the code of the error. */
export function starts(file) {
  const { error, stdout } = spawnSync(file, [], { encoding: 'utf8' });
  return error ? error.code : stdout.trim();
}

/** A program that needs a loader which is not here, as one of another Linux does. */
export function ofAnotherLinux(name) {
  const bytes = readFileSync('/bin/true');
  const at = bytes.indexOf('/ld-');
  bytes.write('/ld-none', at);
  return program(name, bytes);
}
