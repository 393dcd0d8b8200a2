// The commands of the runbook, on the log of a real application, and on code.
import { mkdirSync, writeFileSync } from 'node:fs';
import { application } from '../shared/app.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const plain = (text) => text.replace(/\(?(file:\/\/)?\S*\/shared\/app\.mjs/g, 'app.mjs').replace(/(:[0-9]+):[0-9]+\)?/g, '$1');
writeFileSync('app.log', 'Server listening\n');
shows('log before', await runbook('diagnosis-1', { LOG: 'app.log' }), 'nothing; exit 1');
let app = await application();
await app.ask('/guard?key=wrong');
await app.ask('/guard?key=wrong');
await app.ask('/loop');
await app.logs(3);
writeFileSync('app.log', app.log);
app.end();
shows('log', plain(await runbook('diagnosis-1', { LOG: 'app.log' })), '2 order app.mjs:11 and 1 app.mjs:27; exit 0');
shows('verification, fault', await runbook('verification-1', { LOG: 'app.log' }), '3; exit 1');
writeFileSync('app.log', 'Server listening\n');
shows('verification, mended', await runbook('verification-1', { LOG: 'app.log' }), '0; exit 0');

shows('the file', await runbook('diagnosis-2', { TRACE_FILE: `${process.cwd()}/first-answer.cjs` }), /first-answer\.cjs.*; exit 0$/);
app = await application(['--require', `${process.cwd()}/first-answer.cjs`]);
await app.ask('/guard?key=wrong');
await app.logs(1, 'and again');
shows('where it was answered first, and again', plain(app.log.match(/answered first.*\n.*and again.*/)[0]).replace('\n', ' and '), /^answered first .*app\.mjs:14 and and again .*app\.mjs:11$/);
app.end();

mkdirSync('src');
const check = () => runbook('check-guards-return', { SOURCE: 'src' });
writeFileSync('src/a.js', "  if (!user) res.status(401).json({});\n  if (!name) {\n    res.status(400).json({});\n  }\n  save(user);\n");
shows('check, fault', await check(), 'src/a.js:1: if (!user) res.status(401).json({}); and src/a.js:3: res.status(400).json({});; exit 123');
writeFileSync('src/a.js', "  if (!user) return res.status(401).json({});\n  if (!name) {\n    res.status(400).json({});\n    return;\n  }\n  if (user) {\n    res.json(user);\n  } else {\n    res.json({});\n  }\n");
shows('check, fixed', await check(), 'nothing; exit 0');
