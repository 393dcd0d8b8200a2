// The commands of the runbook, before and after a deadlock.
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { accounts, both } from '../shared/transfer.mjs';

const client = await connect();
await accounts(client);
const ask = (file) => execFileSync('bash', [`../../commands/${file}`], { encoding: 'utf8' }).trim();
shows('before', ask('verification-1.sh'), '0');
await both([[1, 2], [2, 1]]);
await disconnect(); // a session that ends reports what it has counted
let count;
for (let tries = 0; tries < 200 && (count = ask('verification-1.sh')) === '0'; tries += 1) await pause(50);
shows('after a deadlock', count, '1');
await disconnect();
