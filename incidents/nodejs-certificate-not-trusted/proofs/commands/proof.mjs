// The commands of the runbook, on servers that send too little, too much, and what is right.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { file, server } from '../shared/authority.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

for (const [what, names, expected] of [
  ['whole', ['server', 'between'], 'localhost, by Company issuing and Company issuing, by Company root and UNABLE_TO_GET_ISSUER_CERT_LOCALLY; exit 1'],
  ['cut off', ['server'], 'localhost, by Company issuing and UNABLE_TO_VERIFY_LEAF_SIGNATURE; exit 1'],
  ['alone', ['alone'], 'localhost, by localhost and DEPTH_ZERO_SELF_SIGNED_CERT; exit 1'],
]) shows(what, await runbook('diagnosis-1', { HOST: 'localhost', PORT: (await server(...names)).port }), expected);
const { port } = await server('server', 'between');
const values = { HOST: 'localhost', PORT: port, CA_FILE: file('root.crt') };
shows('verification', await runbook('verification-1', values), /and trusted; exit 0$/);
shows('verification, fault', await runbook('verification-1', { ...values, CA_FILE: file('other.crt') }), /; exit 1$/);
shows('check of the chain', await runbook('check-server-sends-its-chain', values), /and trusted; exit 0$/);
shows('a process that is gone', await runbook('diagnosis-2', { PID: '999999999' }), 'nothing; exit 1');
const alone = await server('server', 'between');
shows('without a file', await runbook('verification-1', { ...values, PORT: alone.port, CA_FILE: '/dev/null' }), /UNABLE_TO_GET_ISSUER_CERT_LOCALLY; exit 1$/);
shows('check of the chain, fault', await runbook('check-server-sends-its-chain', { ...values, PORT: (await server('server')).port }), /UNABLE_TO_VERIFY_LEAF_SIGNATURE; exit 1$/);

const settings = async (env) => {
  const other = spawn('node', ['-e', 'console.log("runs"); setInterval(() => {}, 1000)'], { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  const said = await runbook('diagnosis-2', { PID: String(other.pid) });
  other.kill();
  return said.replaceAll(file(''), '');
};
shows('a process without settings', await settings({}), 'NODE_EXTRA_CA_CERTS is not set; exit 0');
shows('a process with the file', await settings({ NODE_EXTRA_CA_CERTS: file('root.crt') }), 'NODE_EXTRA_CA_CERTS=root.crt and 1 certificates in root.crt; exit 0');
shows('a process without the file', await settings({ NODE_EXTRA_CA_CERTS: file('none.crt') }), 'NODE_EXTRA_CA_CERTS=none.crt and 0 certificates in none.crt; exit 0');

mkdirSync('backend');
const search = () => runbook('check-certificates-are-checked', { BACKEND: 'backend' });
for (const [name, fault] of [['.npmrc', 'strict-ssl=false'], ['Dockerfile', 'ENV NODE_TLS_REJECT_UNAUTHORIZED=0'], ['a.js', 'new https.Agent({ rejectUnauthorized: false });']]) {
  writeFileSync(`backend/${name}`, `${fault}\n`);
  shows(`check, ${name}`, await search(), `backend/${name}:1:${fault}; exit 0`);
  writeFileSync(`backend/${name}`, 'ENV NODE_EXTRA_CA_CERTS=/app/ca.pem\n');
}
shows('check, fixed', await search(), 'nothing; exit 1');
process.exit(0);
