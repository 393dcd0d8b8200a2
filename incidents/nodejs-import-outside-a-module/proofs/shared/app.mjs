// Small applications in folders, and how they start.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Make a folder with these files, and nothing else. */
export function app(folder, files) {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${name}`), { recursive: true });
    writeFileSync(`${folder}/${name}`, text);
  }
}

/** Start a file; return what it printed, or the message of its error. */
export function runs(file, ...options) {
  const { stdout, stderr } = spawnSync(process.execPath, [...options, file], { encoding: 'utf8' });
  return stdout.trim() || /^(?:Syntax|Reference|Type)Error[^\n]*/m.exec(stderr)?.[0] || stderr;
}
