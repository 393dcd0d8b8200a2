// The popular advice, tried: quotes around the address or around the password, and a backslash.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { postgres } from '../shared/clients.mjs';
import { shows } from '../helpers/runbook.mjs';

for (const name of ['PGHOST', 'PGUSER', 'PGDATABASE', 'PGPASSWORD', 'USER']) delete process.env[name];
const INVALID = 'ERR_INVALID_URL Invalid URL';
writeFileSync('env', 'DATABASE_URL="postgres://app:secret@db/shop"\n');
const shell = execFileSync('bash', ['-c', 'set -a; . ./env; printf %s "$DATABASE_URL"'], { encoding: 'utf8' });
shows('quotes that a shell takes off', postgres(shell), 'host db, user app, database shop, password secret');
const plain = /=(.*)/.exec('DATABASE_URL="postgres://app:secret@db/shop"')[1]; // as `docker run --env-file` reads a line
shows('quotes that nobody takes off', postgres(plain), /^host base, user undefined, /);
shows('quotes around the password', postgres('postgres://app:"pa/ss"@db/shop'), INVALID);
shows('a backslash before the slash', postgres('postgres://app:pa\\/ss@db/shop'), INVALID);
shows('encoded', postgres('postgres://app:pa%2Fss@db/shop'), 'host db, user app, database shop, password pa/ss');
