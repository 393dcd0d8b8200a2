// Each way in which a file is not there: the build's output, another case, and no ending.
import { app, runs } from '../shared/app.mjs';
import { shows } from '../helpers/runbook.mjs';

const USERS = "exports.first = 'started';\n";
app('built', { 'dist/main.js': "console.log(require('./users').first);\n", 'dist/users.js': USERS });
shows('built', runs('built', 'dist/main.js'), 'started');
app('image', { 'src/main.ts': "import { first } from './users';\nconsole.log(first);\n", 'src/users.ts': "export const first = 'started';\n" });
shows('output not copied', runs('image', 'dist/main.js'), /^MODULE_NOT_FOUND Cannot find module '.*\/image\/dist\/main\.js'$/);

app('names', { 'app.js': "console.log(require('./users').first);\n", 'users.js': USERS });
shows('the case of the file', runs('names', 'app.js'), 'started');
app('names', { 'app.js': "console.log(require('./Users').first);\n", 'users.js': USERS });
shows('another case', runs('names', 'app.js'), "MODULE_NOT_FOUND Cannot find module './Users'");

const esm = (asked) => ({ 'package.json': '{"type":"module"}', 'main.js': `import { first } from '${asked}';\nconsole.log(first);\n`, 'users.js': "export const first = 'started';\n" });
app('esm', esm('./users.js'));
shows('ES module, with the ending', runs('esm', 'main.js'), 'started');
app('esm', esm('./users'));
shows('ES module, without it', runs('esm', 'main.js'), /^ERR_MODULE_NOT_FOUND Cannot find module '.*\/esm\/users' imported from /);
