// The commands of the runbook, on a machine without tools, and on modules of this system and of another.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { ENV, foreign, npm, project } from '../shared/native.mjs';

const folder = project('backend');
await npm(folder, 'install', '--ignore-scripts');
const ask = async (file, env = {}) => (await runbook(file, { BACKEND: folder, DOCKERFILE: 'Dockerfile', ...env })).replace(/v[0-9.]+ (linux|\S+) \S+/, 'THIS');
shows('no tools', await ask('diagnosis-1', ENV), 'missing: python3 and missing: make and missing: g++; exit 1');
shows('a package that is compiled, and is not', await ask('diagnosis-2'), 'THIS and adds: not built; exit 1');
foreign(folder);
shows('of another system', await ask('diagnosis-2'), 'THIS and adds: adds.node is of another system; exit 1');
shows('verification, fault', await ask('verification-1', { PACKAGE_NAME: 'adds' }), /(invalid ELF header|ERR_DLOPEN_FAILED).*; exit 1$/);
const well = project('well', { falls: true });
mkdirSync(`${well}/node_modules/plain`, { recursive: true });
writeFileSync(`${well}/node_modules/plain/package.json`, '{"name":"plain","version":"1.0.0"}');
writeFileSync(`${well}/node_modules/plain/index.js`, 'module.exports = 1;\n');
shows('verification', await ask('verification-1', { BACKEND: well, PACKAGE_NAME: 'plain' }), 'plain is loaded; exit 0');
const check = () => ask('check-image-keeps-node-modules-out', { IGNORE_FILE: '.dockerignore' });
writeFileSync('.dockerignore', '.git\n');
shows('check, fault', await check(), '.dockerignore does not name node_modules; exit 1');
writeFileSync('.dockerignore', '.git\n**/node_modules/\n');
shows('check, fixed', await check(), 'nothing; exit 0');
process.exit(0);
