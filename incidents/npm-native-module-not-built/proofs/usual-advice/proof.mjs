// What is advised: install again, install node-gyp, leave out the scripts.
import { execFileSync } from 'node:child_process';
import { realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { shows } from '../helpers/runbook.mjs';
import { ENV, npm, project, started } from '../shared/native.mjs';

const one = project('one');
await npm(one, 'install');
rmSync(`${one}/node_modules`, { recursive: true, force: true });
rmSync(`${one}/package-lock.json`, { force: true });
shows('node_modules and the lock file are removed: npm install', await npm(one, 'install'), 'gyp ERR! find Python, exit 1');

// node-gyp for all, as `npm install -g node-gyp` puts it; npm brings the same program.
const script = execFileSync('npm', ['root', '-g'], { env: { PATH: process.env.PATH, HOME: ENV.HOME }, encoding: 'utf8' }).trim();
const bundled = [`${script}/npm`, dirname(dirname(realpathSync(`${ENV.PATH}/npm`)))].map((folder) => `${folder}/node_modules/node-gyp/bin/node-gyp.js`);
symlinkSync(bundled.find((path) => { try { return realpathSync(path); } catch { return false; } }) ?? bundled[0], `${ENV.PATH}/node-gyp`);
shows('with node-gyp on the path: npm install', await npm(one, 'install'), 'gyp ERR! find Python, exit 1');

const without = project('without');
shows('--ignore-scripts: npm install', await npm(without, 'install', '--ignore-scripts'), 'nothing of gyp, exit 0');
shows('the application', await started(without), 'Cannot find module');
process.exit(0);
