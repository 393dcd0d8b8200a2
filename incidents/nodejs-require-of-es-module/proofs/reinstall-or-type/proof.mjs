// The popular advice, tried: install again (the same files, the same error), and "type": "module" in
// package.json, which breaks every file of the application that uses require. The former release of
// the package works.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { shows } from '../helpers/runbook.mjs';
import { app, runs } from '../shared/app.mjs';

const REQUIRE = { 'app.js': "const { red } = require('paint');\nconsole.log(red('hello'));\n", 'package.json': '{}' };
app('a', 5, REQUIRE);
shows('before', runs('a'), 'ERR_REQUIRE_ESM');
cpSync('a/node_modules', 'copy', { recursive: true });
rmSync('a/node_modules', { recursive: true });
cpSync('copy', 'a/node_modules', { recursive: true });
shows('installed again', runs('a'), 'ERR_REQUIRE_ESM');
writeFileSync('a/package.json', '{"type":"module"}');
shows('"type": "module" added', runs('a'), /^ReferenceError: require is not defined in ES module scope/);
app('a', 4, REQUIRE);
shows('the former release of the package', runs('a'), '<hello>');
