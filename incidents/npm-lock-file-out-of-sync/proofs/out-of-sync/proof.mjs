// package.json is edited by hand, and npm ci refuses; npm install makes both fit again, and npm ci
// installs exactly that. npm install in the pipeline would have installed what nobody tested.
import { readFileSync } from 'node:fs';
import { shows } from '../helpers/runbook.mjs';
import { registry } from '../shared/registry.mjs';

const { npm, project, end } = await registry();
project('shop', { paint: '1.0.0' });
shows('npm install', (await npm('shop', 'install')).how, 'ok');
shows('npm ci', (await npm('shop', 'ci')).how, 'ok');
project('shop', { paint: '^1.1.0' });
const refused = await npm('shop', 'ci');
console.log(refused.text);
shows('package.json edited, npm ci', refused.how, 'EUSAGE');
shows('its text', /`npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync/.test(refused.text), 'true');
shows('its reason', /Invalid: lock file's paint@1.0.0 does not satisfy paint@1.1.0/.exec(refused.text)?.[0], "Invalid: lock file's paint@1.0.0 does not satisfy paint@1.1.0");
project('shop', { paint: '1.0.0', 'paint-plugin': '1.0.0' });
shows('a package added by hand, npm ci', /Missing: paint-plugin@1.0.0 from lock file/.exec((await npm('shop', 'ci')).text)?.[0], 'Missing: paint-plugin@1.0.0 from lock file');
shows('npm install', (await npm('shop', 'install', '--package-lock-only')).how, 'ok');
shows('npm ci', (await npm('shop', 'ci')).how, 'ok');
shows('what it installed', JSON.parse(readFileSync('shop/node_modules/paint/package.json', 'utf8')).version, '1.0.0');
end();
