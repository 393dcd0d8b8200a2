// The commands of the runbook, on a service that answers, is silent, is swallowed or refuses, and on processes.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { service } from '../shared/service.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const one = await service();
const ask = async (file, SERVICE_URL) => (await runbook(file, { SERVICE_URL, SECONDS_MAX: '1', SOURCE: 'src' })).replaceAll(String(one.port), 'PORT').replace(/[0-9]+ ms/g, 'N ms');
for (const file of ['diagnosis-1', 'verification-1']) shows(`${file}, it answers`, await ask(file, one.url), '127.0.0.1:PORT connected in N ms and answers 200 after N ms; exit 0');
shows('silent', await ask('diagnosis-1', `${one.url}silent`), '127.0.0.1:PORT connected in N ms and no answer in 1 s; exit 1');
await one.swallow();
for (const file of ['diagnosis-1', 'verification-1']) shows(`${file}, swallowed`, await ask(file, one.url), '127.0.0.1:PORT no connection in 1 s; exit 1');
one.pass();
one.end();
const cpu = async (code) => {
  const other = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
  const said = await runbook('diagnosis-2', { PID: String(other.pid) });
  other.kill('SIGKILL');
  return said;
};
shows('a process that computes', await cpu('for (;;);'), /^[1-9][0-9]+ % of a core; exit 0$/);
shows('a process that waits', await cpu('setInterval(() => {}, 1000)'), /^[0-9] % of a core; exit 1$/);
mkdirSync('src');
writeFileSync('src/client.js', "const answer = await fetch(url);\n");
shows('check, fault', await ask('check-requests-have-a-limit', one.url), 'src/client.js:1:const answer = await fetch(url);; exit 0');
writeFileSync('src/client.js', "const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });\n");
shows('check, fixed', await ask('check-requests-have-a-limit', one.url), 'nothing; exit 1');
process.exit(0);
