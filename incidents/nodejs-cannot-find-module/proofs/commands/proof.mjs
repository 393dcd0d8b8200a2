// The commands of the runbook, on each way in which a module is not there, and on those where it is.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { app } from '../shared/app.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const PACKAGE = JSON.stringify({ dependencies: { pino: '9' }, devDependencies: { paint: '1', '@types/node': '22' } });
app('shop', {
  'package.json': PACKAGE, 'users.js': '', 'app.js': "const users = require('./Users');\n", 'lib/a.js': "require('../users.js'); require('./made');\n",
  'node_modules/express/package.json': '{"name":"express"}', 'node_modules/express/index.js': '', 'src/main.ts': '',
});
const ask = (MODULE, IMPORTER = 'shop') => runbook('diagnosis-1', { BACKEND: 'shop', MODULE, IMPORTER });
shows('another case', await ask('./Users'), /^\.\/Users: another case: there is .*\/shop\/users\.js; exit 0$/);
shows('from the file that asks', await ask('../Users', 'shop/lib/a.js'), /another case: there is .*\/shop\/users\.js; exit 0$/);
shows('without its ending', await ask(`${process.cwd()}/shop/users`), /another ending: there is .*\/shop\/users\.js; exit 0$/);
shows('output', await ask('./dist/main.js'), /^\.\/dist\/main\.js: not there: .*\/shop has no dist; exit 0$/);
shows('not compiled', await ask('./src/main.js'), /another ending: there is .*\/shop\/src\/main\.ts; exit 0$/);
shows('there', await ask('./users.js'), /\/shop\/users\.js is there; exit 0$/);
shows('devDependency', await ask('paint/red'), /^paint\/red: in devDependencies, not installed; exit 0$/);
shows('devDependency', await ask('paint'), 'paint: in devDependencies, not installed; exit 0');
shows('with a scope', await ask('@types/node/fs'), '@types/node/fs: in devDependencies, not installed; exit 0');
shows('dependency', await ask('pino'), 'pino: in dependencies, not installed; exit 0');
shows('neither', await ask('@/users'), '@/users: not in package.json, not installed; exit 0');
shows('not named, but there', await ask('express'), 'express: not in package.json, installed; exit 0');
shows('of Node.js', await ask('node:teleport'), /a module of Node\.js itself, which v\S+ does not have; exit 0$/);

const found = (MODULE) => runbook('verification-1', { BACKEND: 'shop', MODULE, IMPORTER: 'shop/app.js' });
shows('verification, there', await found('express'), /^found .*\/express\/index\.js; exit 0$/);
shows('verification, not there', await found('./Users'), 'MODULE_NOT_FOUND; exit 1');

const git = (...words) => execFileSync('git', words, { cwd: 'shop', stdio: 'ignore' });
git('init', '-q');
git('add', '-f', 'app.js', 'users.js', 'lib/a.js', 'package.json');
shows('check of names, fault', await runbook('check-names-have-the-case-of-git', { BACKEND: 'shop' }), 'app.js: ./Users is users.js in git; exit 1');
writeFileSync('shop/app.js', "import users from './users';\nimport './users.js';\n");
shows('check of names, fixed', await runbook('check-names-have-the-case-of-git', { BACKEND: 'shop' }), 'nothing; exit 0');

const docker = async (...lines) => {
  writeFileSync('Dockerfile', lines.join('\n') + '\n');
  return await runbook('check-build-has-dev-dependencies', { DOCKERFILE: 'Dockerfile' });
};
shows('Dockerfile, fault', await docker('FROM node:22', 'ENV NODE_ENV=production', 'RUN npm ci', 'RUN npm run build'), 'Dockerfile:4: builds without devDependencies; exit 1');
shows('Dockerfile, option', await docker('FROM node:22', 'RUN npm ci --omit=dev && npm run build'), /:2: builds without devDependencies; exit 1$/);
shows('Dockerfile, fixed', await docker('FROM node:22 AS build', 'RUN npm ci --include=dev', 'RUN npm run build', 'FROM node:22', 'ENV NODE_ENV=production', 'RUN npm ci'), 'nothing; exit 0');
shows('Dockerfile, dev installed first', await docker('FROM node:22', 'RUN npm ci', 'RUN npm run build', 'RUN npm ci --omit=dev'), 'nothing; exit 0');
