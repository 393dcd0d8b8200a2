// The commands of the runbook, on a disk that is full and on one that is not.
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { FOLDER, fill } from '../shared/full.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const values = (folder) => ({ FOLDER: folder, MAX_PERCENT: '99', PACKAGE: 'package.json' });
const log = fill();
shows('what is there', await runbook('diagnosis-3', values(FOLDER)), /^[0-9]+ MiB \/dev\/shm\/full\/app\.log; exit 0$/);
shows('verification, full', await runbook('verification-1', values(FOLDER)), '/dev/shm: 100 % of the space; exit 1');
shows('check, full', await runbook('check-disk-has-room', values(FOLDER)), '/dev/shm: 100 % of the space; exit 1');
unlinkSync(log.name);
shows('deleted and open', await runbook('diagnosis-4'), /^[0-9]+ MiB [0-9]+ \/dev\/shm\/full\/app\.log \(deleted\); exit 0$/);
log.close();
shows('closed', await runbook('diagnosis-4'), 'nothing; exit 0');
shows('verification, mended', await runbook('verification-1', values(FOLDER)), 'nothing; exit 0');
shows('check, mended', await runbook('check-disk-has-room', values(FOLDER)), 'nothing; exit 0');
for (const [what, start, expected] of [
  ['fault', 'nodemon src/server.js', 'start: nodemon src/server.js; exit 1'],
  ['fault, in Node.js', 'node --watch src/server.js', 'start: node --watch src/server.js; exit 1'],
  ['fixed', 'node src/server.js', 'nothing; exit 0'],
]) {
  writeFileSync('package.json', JSON.stringify({ scripts: { dev: 'nodemon src/server.js', start } }));
  shows(`check of the start, ${what}`, await runbook('check-start-does-not-watch', values('.')), expected);
}
process.exit(0);
