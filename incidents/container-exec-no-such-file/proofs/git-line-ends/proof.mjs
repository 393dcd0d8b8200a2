// A clone as git for Windows makes it, with core.autocrlf: the script has the line ends of Windows. With
// .gitattributes it has not, whatever the setting. The setting alone changes no file that is there.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { starts } from '../shared/files.mjs';
import { shows } from '../helpers/runbook.mjs';

const git = (...words) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
mkdirSync('shop');
git('-C', 'shop', 'init', '-q');
const commit = (name, text, mode = 0o644) => {
  writeFileSync(`shop/${name}`, text);
  chmodSync(`shop/${name}`, mode);
  git('-C', 'shop', 'add', '.');
  git('-C', 'shop', 'commit', '-qm', name);
};
commit('start.sh', '#!/bin/sh\necho started\n', 0o755);
const cloned = (autocrlf) => {
  rmSync('clone', { recursive: true, force: true });
  git('clone', '-q', '-c', `core.autocrlf=${autocrlf}`, 'shop', 'clone');
  return starts('./clone/start.sh');
};
shows('a clone on Linux', cloned('false'), 'started');
shows('a clone on Windows', cloned('true'), 'ENOENT');
git('-C', 'clone', 'config', 'core.autocrlf', 'input');
shows('the setting is changed in it', starts('./clone/start.sh'), 'ENOENT');
commit('.gitattributes', '* text=auto\n');
shows('a clone on Windows, with text=auto', cloned('true'), 'ENOENT');
commit('.gitattributes', '* text=auto\n*.sh text eol=lf\n');
shows('a clone on Windows, with .gitattributes', cloned('true'), 'started');
