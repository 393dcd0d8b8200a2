// The commands of the runbook, on a real nginx in front of a real Express.
import { mkdirSync, writeFileSync } from 'node:fs';
import express from 'express';
import { nginx } from '../helpers/nginx.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { application } from '../shared/site.mjs';

const usual = await application((app) => app.use(express.json()));
const large = await application((app) => app.use(express.json({ limit: '5mb' })));
const ask = async (file, app, limit, BYTES) => runbook(file, { SITE_URL: `${(await nginx(`location / { ${limit} proxy_pass ${app.url}; }`)).url}/no-such-page`, APP_URL: `${app.url}/no-such-page`, BYTES });
shows('nginx refuses', await ask('diagnosis-1', large, '', '2000000'), 'through the proxy: 413 and the application: 404; exit 0');
shows('Express refuses', await ask('diagnosis-1', usual, 'client_max_body_size 5m;', '2000000'), 'through the proxy: 413 and the application: 413; exit 0');
for (const file of ['verification-1', 'check-largest-body-is-accepted']) {
  shows(`${file}, fault`, await ask(file, large, '', '2000000'), '413; exit 1');
  shows(`${file}, mended`, await ask(file, large, 'client_max_body_size 5m;', '2000000'), '404; exit 0');
}
mkdirSync('src');
writeFileSync('src/nginx.conf', 'client_max_body_size 1m;\n');
const look = (file) => runbook(file, { SOURCE: 'src' });
writeFileSync('src/app.js', "app.use(express.json());\napp.use(express.urlencoded({ extended: true }));\napp.use(express.json({ limit: '50mb' }));\n");
shows('limits', await look('diagnosis-2'), /src\/app\.js:1:.*src\/app\.js:3:.*src\/nginx\.conf:1:.*; exit 0$/);
shows('check of the parsers, fault', await look('check-one-parser-for-all'), "src/app.js: app.use(express.json()); and src/app.js: app.use(express.json({ limit: '50mb' }));; exit 1");
writeFileSync('src/app.js', "app.use(express.json({ limit: '5mb' }));\napp.use(express.urlencoded({ extended: true }));\n");
shows('check of the parsers, fixed', await look('check-one-parser-for-all'), 'nothing; exit 0');
process.exit(0);
