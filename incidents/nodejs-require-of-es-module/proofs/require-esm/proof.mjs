// require() of a package that became an ES module, and each way out.
import { shows } from '../helpers/runbook.mjs';
import { app, runs } from '../shared/app.mjs';

const REQUIRE = { 'app.js': "const { red } = require('paint');\nconsole.log(red('hello'));\n", 'package.json': '{}' };
app('a', 4, REQUIRE);
shows('version 4, require', runs('a'), '<hello>');
app('a', 5, REQUIRE);
shows('version 5, require', runs('a'), 'ERR_REQUIRE_ESM');
app('a', 5, { 'app.js': "import('paint').then(({ red }) => console.log(red('hello')));\n", 'package.json': '{}' });
shows('version 5, import()', runs('a'), '<hello>');
app('a', 5, { 'app.mjs': "import { red } from 'paint';\nconsole.log(red('hello'));\n", 'package.json': '{}' });
shows('version 5, import in a .mjs file', runs('a', { file: 'app.mjs' }), '<hello>');
app('a', 5, REQUIRE);
const newer = runs('a', { older: false });
shows('version 5, require, this Node.js', `${process.versions.node.split('.').slice(0, 2).join('.')} ${newer}`, /^(18|20\.[0-9]|20\.1[0-8]|22\.[0-9]|22\.1[01]) ERR_REQUIRE_ESM$|^[0-9.]+ <hello>$/);
