// The commands of the runbook: when the server started and what it says of the end of connections,
// and code that makes a pool without a handler.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

shows('server', await runbook('diagnosis-1'), /^started [0-9-]+ [0-9:]+\+00, [0-9]+ s ago; exit 0$/);
writeFileSync('fault.log', "Error: Connection terminated unexpectedly\n    at Connection.<anonymous> (/app/node_modules/pg/lib/client.js:132:73)\nEmitted 'error' event on BoundPool instance at:\n    at Client.idleListener (/app/node_modules/pg-pool/index.js:62:10)\n\nNode.js v20.20.2\n");
writeFileSync('fixed.log', 'logged: Connection terminated unexpectedly\n');
shows('log, fault', await runbook('diagnosis-2', { LOG: 'fault.log' }), "3:Emitted 'error' event on BoundPool instance at:; exit 0");
shows('log, fixed', await runbook('diagnosis-2', { LOG: 'fixed.log' }), 'nothing; exit 0');
mkdirSync('fault');
writeFileSync('fault/db.js', 'export const pool = new pg.Pool({ max: 5 });\n');
mkdirSync('fixed');
writeFileSync('fixed/db.js', "export const pool = new pg.Pool({ max: 5 });\npool.on('error', (error) => log(error));\n");
for (const BACKEND of ['fault', 'fixed']) {
  shows(`check, ${BACKEND}`, await runbook('check-pools-handle-errors', { BACKEND }), BACKEND === 'fault' ? /^fault\/db.js; / : /^nothing; /);
}
