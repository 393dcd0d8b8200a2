// A script that fails, started in three ways: who starts it changes neither the code nor the reason.
import { shows } from '../helpers/runbook.mjs';
import { npm, npm6, shell, shop } from '../shared/shop.mjs';

shop('shop');
const [old, usual, none] = [npm6('shop', ['run', 'migrate']), npm('shop', ['run', 'migrate']), shell('shop', 'migrate')];
shows('npm 6', old.code, 'exit 3');
shows('npm of Node.js', usual.code, 'exit 3');
shows('sh without npm', none.code, 'exit 3');
for (const { text } of [old, usual, none]) shows('the reason', /^Error: .*/m.exec(text)[0], 'Error: DATABASE_HOST is not set');
shows('npm 6 says', /^npm ERR! code .*/m.exec(old.text)[0], 'npm ERR! code ELIFECYCLE');
shows('the reason is above that', old.text.indexOf('Error: DATABASE') < old.text.indexOf('ELIFECYCLE'), 'true');
shows('with its variable', npm6('shop', ['run', 'migrate'], { DATABASE_HOST: 'db' }).code, 'exit 0');
