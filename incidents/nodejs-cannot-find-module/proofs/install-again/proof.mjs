// The popular advice, tried with npm itself: in the same environment, installing again leaves out the
// same package. The packages are folders beside the project, so npm needs no network.
import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { app, runs } from '../shared/app.mjs';
import { shows } from '../helpers/runbook.mjs';

const manifest = (kind) => JSON.stringify({ name: 'shop', version: '1.0.0', [kind]: { paint: 'file:../paint' } });
const npm = (words, production = true) => {
  const { NODE_ENV: _, ...rest } = process.env;
  const env = { ...rest, ...(production ? { NODE_ENV: 'production' } : {}), npm_config_offline: 'true', npm_config_update_notifier: 'false', npm_config_audit: 'false', npm_config_fund: 'false' };
  const { status, stderr } = spawnSync('npm', words, { cwd: 'shop', env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
};
app('paint', { 'package.json': '{"name":"paint","version":"1.0.0"}', 'index.js': "exports.red = () => 'started';\n" });
app('shop', { 'package.json': manifest('devDependencies'), 'app.js': "console.log(require('paint').red());\n" });
const start = () => runs('shop', 'app.js');
const MISSING = /^MODULE_NOT_FOUND Cannot find module 'paint'$/;

npm(['install'], false);
shows('the machine of the developer', start(), 'started');
npm(['ci']);
shows('NODE_ENV=production, npm ci', start(), MISSING);
npm(['install']);
shows('npm install again', start(), MISSING);
rmSync('shop/node_modules', { recursive: true, force: true });
rmSync('shop/package-lock.json');
npm(['install']);
shows('node_modules and the lock file deleted, npm install', start(), MISSING);
npm(['ci', '--include=dev']);
shows('npm ci --include=dev', start(), 'started');
npm(['install', '--save-prod', '../paint']);
npm(['ci']);
shows('moved to dependencies, npm ci', start(), 'started');
writeFileSync('shop/app.js', "console.log(require('./Users').red());\n");
writeFileSync('shop/users.js', "exports.red = () => 'started';\n");
npm(['install']);
shows('a file in another case, npm install', start(), "MODULE_NOT_FOUND Cannot find module './Users'");
