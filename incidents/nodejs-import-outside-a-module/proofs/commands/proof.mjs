// The commands of the runbook, on files of each kind.
import { app } from '../shared/app.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

app('shop', {
  'package.json': '{"type":"commonjs"}', 'esm.js': "import os from 'node:os';\n", 'cjs.js': "const os = require('os');\n", 'esm.mjs': "export const a = 1;\n",
  'comment.js': "// import os from 'node:os';\n/* export default 1; */\nmodule.exports = import('node:os');\n", 'src/user.ts': "import os from 'node:os';\n",
  'dist/package.json': '{"type":"module"}', 'dist/esm.js': "import os from 'node:os';\n", 'dist/old.js': "exports.User = class {};\n", 'dist/made.js': "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nrequire('os');\n",
});
const look = (FILE) => runbook('diagnosis-1', { FILE });
shows('import', await look('shop/esm.js'), 'cause: written as an ES module, read as CommonJS; type: commonjs in shop/package.json; exit 0');
shows('require', await look('shop/cjs.js'), 'fits; type: commonjs in shop/package.json; exit 0');
shows('.mjs', await look('shop/esm.mjs'), /^fits; /);
shows('only in comments', await look('shop/comment.js'), /^fits; /);
shows('TypeScript', await look('shop/src/user.ts'), /^cause: source of TypeScript, and not its output; /);
shows('the nearest package.json', await look('shop/dist/esm.js'), 'fits; type: module in shop/dist/package.json; exit 0');
shows('CommonJS as an ES module', await look('shop/dist/old.js'), /^cause: written as CommonJS, read as an ES module; /);
shows('require that was made', await look('shop/dist/made.js'), /^fits; /);
shows('verification', await runbook('verification-1', { FILE: 'shop/cjs.js' }), /^fits; /);
shows('check, fault', await runbook('check-output-fits-its-type', { OUTPUT: 'shop/dist' }), /^shop\/dist\/old\.js: cause: written as CommonJS, read as an ES module; .*; exit 1$/);
app('good', { 'package.json': '{"type":"module"}', 'dist/esm.js': "import os from 'node:os';\n" });
shows('check, fixed', await runbook('check-output-fits-its-type', { OUTPUT: 'good/dist' }), 'nothing; exit 0');
