// The popular advice, tried: --legacy-peer-deps, and --force. Both install two packages that do not
// fit, and the application fails when it uses them. The next npm ci without the option fails again.
// The release of the plugin that fits works, without any option.
import { rmSync } from 'node:fs';
import { shows } from '../helpers/runbook.mjs';
import { registry } from '../shared/registry.mjs';

const { npm, node, project, end } = await registry();
const USE = "console.log(require('paint-plugin').title())";
project('shop', { paint: '^2.0.0', 'paint-plugin': '^1.0.0' });
const refused = await npm('shop', 'install');
shows('npm install', refused.how, 'ERESOLVE');
shows('its text', /peer paint@"\^1.0.0" from paint-plugin@1.0.0/.exec(refused.text)?.[0], 'peer paint@"^1.0.0" from paint-plugin@1.0.0');
for (const option of ['--legacy-peer-deps', '--force']) {
  rmSync('shop/package-lock.json', { force: true });
  rmSync('shop/node_modules', { force: true, recursive: true });
  shows(`npm install ${option}`, (await npm('shop', 'install', option)).how, 'ok');
  shows('  the application', (await node('shop', USE)).how, /TypeError: .*red is not a function$/);
  shows('  npm ci, without the option', (await npm('shop', 'ci')).how, option === '--force' ? /^(ERESOLVE|EUSAGE|ok)$/ : /^(ERESOLVE|EUSAGE)$/);
}
rmSync('shop/package-lock.json');
rmSync('shop/node_modules', { recursive: true });
project('shop', { paint: '^2.0.0', 'paint-plugin': '^2.0.0' });
shows('the plugin that fits, npm install', (await npm('shop', 'install')).how, 'ok');
shows('  the application', (await node('shop', USE)).text.trim(), 'red title');
shows('  npm ci', (await npm('shop', 'ci')).how, 'ok');
end();
