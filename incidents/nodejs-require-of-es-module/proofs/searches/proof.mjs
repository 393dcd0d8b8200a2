// The commands of the runbook: what kind of package it is, and packages of the release that became
// ES modules and are required.
import { writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { app } from '../shared/app.mjs';

const REQUIRE = { 'app.js': "const { red } = require('paint');\n", 'package.json': '{}' };
app('fault', 5, REQUIRE);
app('fixed', 4, REQUIRE);
shows('diagnosis, version 5', await runbook('diagnosis-1', { BACKEND: 'fault', PACKAGE: 'paint' }), 'paint 5.0.0: an ES module alone; exit 0');
shows('diagnosis, version 4', await runbook('diagnosis-1', { BACKEND: 'fixed', PACKAGE: 'paint' }), 'paint 4.1.2: can be required; exit 0');
const older = process.allowedNodeEnvironmentFlags.has('--no-experimental-require-module') ? '--no-experimental-require-module' : '';
for (const BACKEND of ['fault', 'fixed']) {
  const said = await runbook('check-required-packages-load', { BACKEND, ENTRY: 'app.js', NODE_OPTIONS: older });
  shows(`check, ${BACKEND}`, said.replace(/ require\(\).*;/, ';'), BACKEND === 'fault' ? 'ERR_REQUIRE_ESM; exit 1' : 'app.js loads; exit 0');
}
writeFileSync('fixed/node_modules/paint/package.json', '{"name":"paint","version":"4.2.0","type":"module","exports":{"require":"./index.cjs","import":"./index.js"}}');
shows('diagnosis, both kinds', await runbook('diagnosis-1', { BACKEND: 'fixed', PACKAGE: 'paint' }), 'paint 4.2.0: can be required; exit 0');
