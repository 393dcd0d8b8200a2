// The commands of the runbook, on what real scripts print.
import { writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { npm, npm6, shop } from '../shared/shop.mjs';

shop('shop');
const LOG = 'build.log';
const read = async (file, text) => { writeFileSync(LOG, text); return runbook(file, { LOG }); };
const fault = npm6('shop', ['run', 'migrate']).text;
const fixed = npm6('shop', ['run', 'migrate'], { DATABASE_HOST: 'db' }).text;
shows('code, npm 6', await read('diagnosis-1', fault), '3; exit 0');
shows('reason, npm 6', await read('diagnosis-2', fault), 'Error: DATABASE_HOST is not set; exit 0');
shows('verification, fault', await read('verification-1', fault), /ELIFECYCLE.*; exit 1$/);
shows('verification, fixed', await read('verification-1', fixed), 'nothing; exit 0');
shows('code, fixed', await read('diagnosis-1', fixed), 'nothing; exit 0');

for (const start of [npm, npm6]) {
  const { text } = start('shop', ['run', 'build']);
  shows('code, not installed', await read('diagnosis-1', text), 'nothing; exit 0');
  shows('reason, not installed', await read('diagnosis-2', text), /compile: .*not found; exit 0$/);
}
for (const [line, expected] of [
  ['process "/bin/sh -c npm run build" did not complete successfully: exit code: 137', '137; exit 0'],
  ["The command '/bin/sh -c npm install' returned a non-zero code: 1", '1; exit 0'],
  [' ELIFECYCLE  Command failed with exit code 2.', '2; exit 0'],
]) shows(line, await read('diagnosis-1', line), expected);

const check = (SCRIPT) => runbook('check-commands-of-the-script-are-installed', { BACKEND: 'shop', SCRIPT });
npm('shop', ['install', '--omit=dev']);
shows('check, production', await check('build'), 'compile is not installed; exit 0');
npm('shop', ['install', '--include=dev']);
shows('check, all', await check('build'), 'nothing; exit 0');
shows('check, no such script', await check('biuld'), 'there is no script biuld; exit 1');
