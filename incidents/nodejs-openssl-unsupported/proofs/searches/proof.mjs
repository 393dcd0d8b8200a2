// The commands of the runbook: what Node.js offers, which packages ask for MD4, and switches that
// would reach production.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

shows('this Node.js', await runbook('diagnosis-1'), /^Node.js [0-9.]+, OpenSSL 3[^;]*: md4 is not offered; exit 0$/);
mkdirSync('fault/node_modules/webpack', { recursive: true });
writeFileSync('fault/node_modules/webpack/package.json', '{"name":"webpack","version":"4.46.0"}');
writeFileSync('fault/package.json', '{"scripts":{"start":"NODE_OPTIONS=--openssl-legacy-provider node server.js"}}\n');
mkdirSync('fixed/node_modules/webpack', { recursive: true });
writeFileSync('fixed/node_modules/webpack/package.json', '{"name":"webpack","version":"5.102.0"}');
writeFileSync('fixed/package.json', '{"scripts":{"start":"node server.js"}}\n');
for (const BACKEND of ['fault', 'fixed']) {
  shows(`webpack in ${BACKEND}`, await runbook('diagnosis-2', { BACKEND }), BACKEND === 'fault' ? 'webpack 4.46.0; exit 0' : 'webpack 5.102.0; exit 0');
  shows(`check in ${BACKEND}`, await runbook('check-no-legacy-provider', { BACKEND }), BACKEND === 'fault' ? /^fault\/package.json:1:.*; exit 0$/ : 'nothing; exit 1');
}
