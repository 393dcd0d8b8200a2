// A disk that is full, beside one that is not; and what deleting a file gives back while a process has it open.
import { rmSync, statfsSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { FOLDER, fill, tried } from '../shared/full.mjs';
import { shows } from '../helpers/runbook.mjs';

const write = (folder) => {
  const result = tried(() => writeFileSync(`${folder}/upload`, 'x'.repeat(1e5)));
  rmSync(`${folder}/upload`, { force: true });
  return result;
};
const log = fill();
shows('the disk of the log is full: writing there', write(FOLDER), 'ENOSPC: no space left on device, write');
shows('writing on another disk', write('.'), 'done');
unlinkSync(log.name);
shows('the log is deleted, and still open', write(FOLDER), 'ENOSPC: no space left on device, write');
shows('free blocks', statfsSync(FOLDER).bavail, '0');
log.close();
shows('the process has closed it', write(FOLDER), 'done');

const another = fill();
shows('full again', write(FOLDER), 'ENOSPC: no space left on device, write');
truncateSync(another.name);
shows('the log is emptied, and still open', write(FOLDER), 'done');
process.exit(0);
