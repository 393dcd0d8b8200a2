// The popular advice, tried: "type": "module". The file with import starts, and the next file does not.
import { writeFileSync } from 'node:fs';
import { app, runs } from '../shared/app.mjs';
import { shows } from '../helpers/runbook.mjs';

app('shop', {
  'package.json': '{"type":"commonjs"}',
  'seed.js': "import { EOL } from 'node:os';\nconsole.log('seeded' + EOL.trim());\n",
  'server.js': "const { EOL } = require('node:os');\nconsole.log('started' + EOL.trim());\n",
  'paths.js': "console.log(__dirname ? 'paths' : '');\n",
});
const state = () => ['seed.js', 'server.js', 'paths.js'].map((file) => runs(`shop/${file}`).replace(/, you can use.*/, '')).join(' | ');
const OUTSIDE = 'SyntaxError: Cannot use import statement outside a module';
shows('before', state(), `${OUTSIDE} | started | paths`);
writeFileSync('shop/package.json', '{"type":"module"}');
shows('with type module', state(), 'seeded | ReferenceError: require is not defined in ES module scope | ReferenceError: __dirname is not defined in ES module scope');
writeFileSync('shop/package.json', '{"type":"commonjs"}');
writeFileSync('shop/seed.mjs', "import { EOL } from 'node:os';\nconsole.log('seeded' + EOL.trim());\n");
shows('the one file renamed', [runs('shop/seed.mjs'), runs('shop/server.js'), runs('shop/paths.js')].join(' | '), 'seeded | started | paths');
