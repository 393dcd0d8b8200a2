// Which permission each call needs. A folder without the right to write stands for one of another user: the process is
// neither its owner nor root, and the kernel asks the same bits.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { listens, tried } from '../shared/tried.mjs';
import { shows } from '../helpers/runbook.mjs';

shows('this process is root', process.getuid() === 0, 'false');
mkdirSync('data');
writeFileSync('data/old', 'old');
chmodSync('data', 0o555);
shows('a folder that may be read: reading a file', tried(() => readFileSync('data/old')), 'done');
shows('a folder that may be read: making a folder', tried(() => mkdirSync('data/uploads')), 'EACCES: permission denied, mkdir');
shows('a folder that may be read: making a file', tried(() => writeFileSync('data/new', '')), 'EACCES: permission denied, open');
shows('a folder that may be read: renaming a file', tried(() => renameSync('data/old', 'data/newer')), 'EACCES: permission denied, rename');
shows('a folder that may be read: writing into a file that is there', tried(() => writeFileSync('data/old', 'new')), 'done');
chmodSync('data', 0o755);
shows('a folder of its own: making a folder', tried(() => mkdirSync('data/uploads')), 'done');
chmodSync('data/old', 0o444);
shows('a file that may be read, in a folder of its own: writing', tried(() => writeFileSync('data/old', 'new')), 'EACCES: permission denied, open');
shows('a file that may be read, in a folder of its own: removing', tried(() => rmSync('data/old')), 'done');
shows('port 80', await listens(80), 'listen EACCES');
shows('port 8080', await listens(8080), 'listens');
process.exit(0);
