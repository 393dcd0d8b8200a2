// The commands of the runbook: a port that swallows packets, one that answers, refuses or is silent, and clients without a limit.
import { mkdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { port } from '../shared/port.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const ask = (number, HOST = '127.0.0.1', command = 'diagnosis-1') => runbook(command, { HOST, PORT: String(number) });
const { number, swallow, pass, close } = await port();
shows('answers', await ask(number), /^127\.0\.0\.1 port \d+: PostgreSQL answers, after \d+ ms; exit 0$/);
shows('verification, answers', await ask(number, '127.0.0.1', 'verification-1'), /PostgreSQL answers, .*; exit 0$/);
shows('check, answers', await ask(number, '127.0.0.1', 'check-database-answers'), /PostgreSQL answers, .*; exit 0$/);
await swallow();
shows('swallowed', await ask(number), /: no answer, after 2\d\d\d ms; exit 1$/);
pass();
close();
shows('no such name', await ask(number, 'no-such-host.invalid'), /: (ENOTFOUND|EAI_AGAIN), after \d+ ms; exit 1$/);
for (const [label, code, expected] of [
  ['silent', '(s) => s.on("error", () => {}).resume()', /: connected, and no answer, after 2\d\d\d ms; exit 1$/],
  ['another program', '(s) => s.on("error", () => {}).end("HTTP/1.1 400 Bad Request\\r\\n\\r\\n")', /: not PostgreSQL, after \d+ ms; exit 1$/],
  ['closes', '(s) => s.on("error", () => {}).once("data", () => s.end())', /: connected, and closed without an answer, after \d+ ms; exit 1$/],
]) {
  const other = spawn(process.execPath, ['-e', `const s = require("net").createServer(${code}).listen(0, "127.0.0.1", () => console.log(s.address().port))`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const at = Number(String((await once(other.stdout, 'data'))[0]));
  shows(label, await ask(at), expected);
  const ended = once(other, 'exit');
  other.kill('SIGKILL');
  await ended;
  if (label === 'closes') shows('refused', await ask(at), /: ECONNREFUSED, after \d+ ms; exit 1$/);
}

const driver = (SOURCE) => runbook('diagnosis-2', { SOURCE });
for (const [folder, version] of [['old', '7.18.2'], ['new', '8.23.1']]) {
  mkdirSync(`${folder}/node_modules/pg`, { recursive: true });
  writeFileSync(`${folder}/node_modules/pg/package.json`, JSON.stringify({ name: 'pg', version }));
  shows(`driver ${folder}`, await driver(folder), `pg ${version} on Node.js ${process.versions.node}; exit 0`);
}
shows('driver, none', await driver('/'), /; exit 1$/);
mkdirSync('src');
for (const [label, text, expected] of [
  ['no limit', 'const pool = new Pool({ host, user, max: 10 });\n', 'src/db.js:1:const pool = new Pool({ host, user, max: 10 });; exit 0'],
  ['a limit', 'const pool = new Pool({ host, user, max: 10, connectionTimeoutMillis: 5000 });\n', 'nothing; exit 1'],
]) {
  writeFileSync('src/db.js', text);
  shows(`check, ${label}`, await runbook('check-connecting-has-a-limit', { SOURCE: 'src' }), expected);
}
process.exit(0);
