// The commands of the runbook, on the log of a crash and on code with and without the handler.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { both } from '../shared/try.mjs';

writeFileSync('fault.log', (await both('nothing')).log);
writeFileSync('fixed.log', (await both('handled')).log);
mkdirSync('fault');
writeFileSync('fault/server.js', "process.on('unhandledRejection', (error) => log(error));\n");
mkdirSync('fixed');
writeFileSync('fixed/server.js', "process.on('unhandledRejection', (error) => { log(error); process.exit(1); });\n");
for (const state of ['fault', 'fixed']) {
  shows(`log, ${state}`, await runbook('diagnosis-1', { LOG: `${state}.log` }), state === 'fault' ? /at broken .*server\.js:\d+:\d+\)/ : 'nothing; exit 0');
  shows(`check, ${state}`, await runbook('check-global-handler-ends-the-process', { BACKEND: state }), state === 'fault' ? /^fault\/server.js:1:/ : /^nothing; /);
}
