// The commands of the runbook, on folders that may and may not be written, and on ports.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

const here = process.cwd();
const look = async (file, TARGET) => (await runbook(file, { TARGET })).replaceAll(here, 'HERE').replace(/^process: uid [0-9]+, groups [0-9]+( [0-9]+)*/, 'process').replace(/owner [0-9]+:[0-9]+/, 'owner ME');
mkdirSync('data/sub', { recursive: true });
chmodSync('data', 0o555);
shows('a folder that is not there', await look('diagnosis-1', `${here}/data/uploads/new.png`), 'process and HERE/data: owner ME, mode 555, may not write here; exit 1');
chmodSync('data', 0o600);
shows('a folder further up', await look('diagnosis-1', `${here}/data/sub/new.png`), 'process and HERE/data: owner ME, mode 600, may not go through; exit 1');
chmodSync('data', 0o755);
writeFileSync('data/old', '');
chmodSync('data/old', 0o444);
shows('a file', await look('diagnosis-1', `${here}/data/old`), 'process and HERE/data/old: owner ME, mode 444, may not write here; exit 1');
for (const file of ['verification-1', 'check-folder-may-be-written']) shows(file, await look(file, `${here}/data/sub/new.png`), 'process and HERE/data/sub: owner ME, mode 755, may write; exit 0');
shows('port 80', await look('diagnosis-1', '80'), 'process and port 80: below 1024, may not listen here; exit 1');
shows('port 8080', await look('verification-1', '8080'), 'process and port 8080: may listen; exit 0');
const check = () => runbook('check-image-gives-its-files-away', { DOCKERFILE: 'Dockerfile' });
writeFileSync('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\nUSER node\nRUN mkdir uploads\nWORKDIR /app/data\n');
shows('check, fault', await check(), 'Dockerfile:6: after USER node, in a folder of root: RUN mkdir uploads and Dockerfile:7: after USER node, in a folder of root: WORKDIR /app/data; exit 1');
writeFileSync('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN mkdir uploads && chown node:node /app uploads\nUSER node\nRUN mkdir tmp\n');
shows('check, fixed', await check(), 'nothing; exit 0');
process.exit(0);
