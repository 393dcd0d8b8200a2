// What is advised: chmod 777 on what the error names; and what is believed of port 80.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connects, listens, tried } from '../shared/tried.mjs';
import { shows } from '../helpers/runbook.mjs';

mkdirSync('srv/data', { recursive: true });
writeFileSync('srv/data/settings.json', '{}');
chmodSync('srv/data/settings.json', 0o777);
chmodSync('srv/data', 0o777);
chmodSync('srv', 0o600); // a folder further up, through which this user may not go
shows('chmod 777 on the file and its folder', tried(() => readFileSync('srv/data/settings.json')), 'EACCES: permission denied, open');
chmodSync('srv', 0o711);
shows('the right to go through the folder above', tried(() => readFileSync('srv/data/settings.json')), 'done');

mkdirSync('uploads');
writeFileSync('uploads/a.png', '');
chmodSync('uploads/a.png', 0o777);
chmodSync('uploads', 0o555);
shows('chmod 777 on a file: writing another one beside it', tried(() => writeFileSync('uploads/b.png', '')), 'EACCES: permission denied, open');
chmodSync('uploads', 0o755);
shows('the right to write in the folder', tried(() => writeFileSync('uploads/b.png', '')), 'done');

shows('port 80: who listens there', await connects(80), 'ECONNREFUSED');
shows('port 80: listening', await listens(80), 'listen EACCES');
process.exit(0);
