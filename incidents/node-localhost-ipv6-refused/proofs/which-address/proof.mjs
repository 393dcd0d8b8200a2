// The command of the diagnosis and of the verification, with PostgreSQL on one address, on both
// and on none; and the fix on the server's side.
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { connects } from '../shared/localhost.mjs';

const PORT = 5499;
const ask = (file) => execFileSync('bash', [`../../commands/${file}`], { encoding: 'utf8', env: { ...process.env, PORT } })
  .trim().split('\n').sort().join(', ');
const server = await cluster(["listen_addresses = '127.0.0.1'", `port = ${PORT}`]);
shows('PostgreSQL on 127.0.0.1', ask('diagnosis-1.sh'), '127.0.0.1 answers, ::1 ECONNREFUSED');
await server.stop();
shows('PostgreSQL stopped', ask('diagnosis-1.sh'), '127.0.0.1 ECONNREFUSED, ::1 ECONNREFUSED');
appendFileSync(`${server.host}/postgresql.conf`, "\nlisten_addresses = '127.0.0.1, ::1'\n");
await server.start();
shows('PostgreSQL on both', ask('diagnosis-1.sh'), '127.0.0.1 answers, ::1 answers');
shows('as Node.js 17 to 19, localhost', await connects('localhost', PORT, { tryAll: false }), 'connected');
await server.stop();
