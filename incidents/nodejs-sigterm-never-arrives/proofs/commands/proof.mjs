// The commands of the runbook: which process is in front, and how an image starts its process.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { start } from '../shared/container.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

for (const [label, command] of [['sh in front', ['sh', '-c', 'node server.js; echo ended']], ['node alone', ['node', 'server.js']]]) {
  const { child, pid } = await start(command);
  const lines = spawnSync('bash', ['../../commands/diagnosis-1.sh'], { encoding: 'utf8' }).stdout.split('\n');
  const own = lines.filter((line) => [child.pid, pid].includes(Number(line.split(' ')[0])))
    .map((line) => line.trim().replace(`${child.pid} ${process.pid} `, 'TOP PARENT ').replace(`${pid} ${child.pid} `, 'CHILD TOP '));
  shows(label, own.join(' and '), label === 'node alone' ? 'TOP PARENT node server.js' : 'TOP PARENT sh -c node server.js; echo ended and CHILD TOP node server.js');
  process.kill(-child.pid, 'SIGKILL');
}
mkdirSync('fault/worker', { recursive: true });
writeFileSync('fault/Dockerfile', 'FROM node:22\nCMD ["npm", "start"]\n');
writeFileSync('fault/worker/Dockerfile.prod', 'FROM node:22\nCMD node worker.js\n');
mkdirSync('fixed');
writeFileSync('fixed/Dockerfile', 'FROM node:22\nRUN npm ci\nCMD ["node", "server.js"]\n');
for (const BACKEND of ['fault', 'fixed']) {
  const said = await runbook('check-image-starts-node-itself', { BACKEND });
  shows(`check, ${BACKEND}`, said.replace(/ and .*;/, ' and one more;'), BACKEND === 'fault' ? /^fault\/.*CMD .* and one more; exit 0$/ : 'nothing; exit 1');
}
