// Makes small applications in folders, and starts them.
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

/** Start a file of the application; return what it printed, or the code and the message of its error. */
export function runs(folder, file) {
  const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
  return stdout.trim() || `${/code: '(\w+)'/.exec(stderr)?.[1]} ${/(Cannot find [^\n]*)/.exec(stderr)?.[1] ?? stderr}`;
}
