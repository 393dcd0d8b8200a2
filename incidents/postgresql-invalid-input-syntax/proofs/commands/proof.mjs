// The commands of the runbook: which values arrive, and how an API answers to an id that is none.
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { api } from '../shared/api.mjs';

const admin = await connect();
await admin.query('CREATE TABLE users (id uuid PRIMARY KEY, name text)');
writeFileSync('app.log', `error: invalid input syntax for type uuid: "undefined"
{"level":50,"err":{"message":"invalid input syntax for type uuid: \\"me\\"","code":"22P02"}}
error: invalid input syntax for type uuid: "undefined"
ERROR:  invalid input syntax for type json
`);
shows('values', await runbook('diagnosis-1', { LOG: 'app.log' }), '2 invalid input syntax for type uuid: "undefined" and 1 invalid input syntax for type json and 1 invalid input syntax for type uuid: "me"; exit 0');
writeFileSync('none.log', 'GET / 200\n');
shows('values, none', await runbook('diagnosis-1', { LOG: 'none.log' }), 'nothing; exit 0');
writeFileSync('access.log', '192.0.2.1 - - "GET /users/undefined HTTP/1.1" 500 21\n192.0.2.1 - - "GET /users/undefined HTTP/1.1" 500 21\n192.0.2.1 - - "GET /users/7 HTTP/1.1" 200 3\n');
shows('requests', await runbook('diagnosis-2', { ACCESS_LOG: 'access.log', VALUE: 'undefined' }), '2 GET /users/undefined; exit 0');
shows('requests, none', await runbook('diagnosis-2', { ACCESS_LOG: 'access.log', VALUE: 'me' }), 'nothing; exit 0');

const run = (file, values) => promisify(execFile)('bash', [`../../commands/${file}.sh`], { env: { ...process.env, ...values } }).then(({ stdout }) => `${stdout.trim()}; exit 0`, ({ stdout, code }) => `${stdout.trim()}; exit ${code}`);
for (const [label, options, expected] of [
  ['as it was', {}, /^\/users\/undefined 500 and .*; exit 1$/], ['fixed', { fixed: true }, /^\/users\/undefined 404 and .*; exit 0$/],
]) {
  const { url, end } = await api(admin, options);
  const one = (text) => text.split('\n').join(' and ');
  shows(`verification, ${label}`, one(await run('verification-1', { URL: url, PATHS: '/users' })), expected);
  shows(`check, ${label}`, one(await run('check-no-id-is-no-error-of-the-server', { URL: url, PATHS: '/users' })), expected);
  end();
}
await disconnect();
