// The commands of the runbook, on a project whose lock file does not fit, and one whose does; they
// change neither.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { registry } from '../shared/registry.mjs';

const { npm, project, env, end } = await registry();
const command = (name, values) => runbook(name, { ...env, ...values }); // with the registry
for (const BACKEND of ['fixed', 'fault']) {
  project(BACKEND, { paint: '1.0.0' });
  await npm(BACKEND, 'install', '--package-lock-only');
}
project('fault', { paint: '^1.1.0' });
for (const BACKEND of ['fault', 'fixed']) {
  const before = readFileSync(`${BACKEND}/package-lock.json`, 'utf8');
  const broken = BACKEND === 'fault';
  shows(`${BACKEND}, diagnosis`, await command('diagnosis-1', { BACKEND }), broken ? /^Invalid: lock file's paint@1.0.0 does not satisfy paint@1.1.0; exit 0$/ : 'nothing; exit 0');
  shows(`${BACKEND}, check`, (await command('check-lock-file-fits', { BACKEND })).replace(/^.*; exit/s, 'exit'), broken ? 'exit 1' : 'exit 0');
  shows(`${BACKEND}, the lock file`, readFileSync(`${BACKEND}/package-lock.json`, 'utf8') === before, 'true');
}
writeFileSync('fault/.npmrc', 'legacy-peer-deps=true\n');
shows('fault, option in a file', await command('check-no-legacy-peer-deps', { BACKEND: 'fault' }), 'fault/.npmrc:1:legacy-peer-deps=true; exit 0');
rmSync('fault/.npmrc');
shows('fixed, option in a file', await command('check-no-legacy-peer-deps', { BACKEND: 'fault' }), 'nothing; exit 1');
end();
