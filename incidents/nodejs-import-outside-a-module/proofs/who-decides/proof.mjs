// The same text, read in one format or the other; the ending and package.json decide.
import { app, runs } from '../shared/app.mjs';
import { shows } from '../helpers/runbook.mjs';

const ESM = "import { EOL } from 'node:os';\nconsole.log(EOL === '\\n' ? 'started' : '');\n";
const CJS = "const { EOL } = require('node:os');\nconsole.log(EOL === '\\n' ? 'started' : '');\n";
const OUTSIDE = 'SyntaxError: Cannot use import statement outside a module';
const type = (name) => JSON.stringify({ type: name });
app('a', { 'package.json': type('commonjs'), 'esm.js': ESM, 'esm.mjs': ESM, 'cjs.js': CJS, 'old/package.json': '{}', 'old/esm.js': ESM });
shows('import, type commonjs', runs('a/esm.js'), OUTSIDE);
shows('import, .mjs', runs('a/esm.mjs'), 'started');
shows('require, type commonjs', runs('a/cjs.js'), 'started');
shows('import, no type, as Node.js up to 20.18 reads it', runs('a/old/esm.js', '--no-experimental-detect-module'), OUTSIDE);
shows('import, no type, as it is read since', runs('a/old/esm.js'), 'started');
app('b', { 'package.json': type('module'), 'esm.js': ESM, 'cjs.js': CJS, 'cjs.cjs': CJS, 'esm.cjs': ESM });
shows('import, type module', runs('b/esm.js'), 'started');
shows('require, type module', runs('b/cjs.js'), /^ReferenceError: require is not defined in ES module scope/);
shows('require, .cjs', runs('b/cjs.cjs'), 'started');
shows('import, .cjs', runs('b/esm.cjs'), OUTSIDE);

// What an ORM does with its globs: it requires each file that it finds.
const LOADER = (glob) => `for (const file of require('node:fs').readdirSync(__dirname + '${glob}')) require(__dirname + '${glob}/' + file);\nconsole.log('started');\n`;
app('c', {
  'package.json': type('commonjs'), 'src/entity/user.ts': "import os from 'node:os';\nexport class User { end = os.EOL; }\n",
  'dist/entity/user.js': "exports.User = class User {};\n", 'wrong.js': LOADER('/src/entity'), 'right.js': LOADER('/dist/entity'),
});
shows('a glob that finds the source, as Node.js up to 20.18 reads it', runs('c/wrong.js', '--no-experimental-require-module'), OUTSIDE);
shows('a glob that finds the output', runs('c/right.js'), 'started');
