// The commands of the runbook: which columns the constraint has, which values the log repeats, and what reads first.
import { mkdirSync, writeFileSync } from 'node:fs';
import { disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { tables } from '../shared/users.mjs';

await tables();
shows('constraint', await runbook('diagnosis-1', { CONSTRAINT: 'users_email_key' }), 'users: CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email); exit 0');
shows('constraint, none', await runbook('diagnosis-1', { CONSTRAINT: 'other' }), 'nothing; exit 0');
const line = (value) => `ERROR:  duplicate key value violates unique constraint "users_email_key"\nDETAIL:  Key (email)=(${value}) already exists.\n`;
writeFileSync('race.log', line('a@example.com').repeat(3) + line('b@example.com').repeat(2) + line('c@example.com'));
shows('log, repeated', await runbook('diagnosis-2', { LOG: 'race.log' }), '3 Key (email)=(a@example.com) and 2 Key (email)=(b@example.com); exit 0');
writeFileSync('taken.log', line('a@example.com') + line('b@example.com'));
shows('log, each once', await runbook('diagnosis-2', { LOG: 'taken.log' }), 'nothing; exit 0');
writeFileSync('none.log', 'GET / 200\n');
shows('verification, errors', await runbook('verification-1', { LOG: 'race.log' }), '6; exit 0');
shows('verification, none', await runbook('verification-1', { LOG: 'none.log' }), '0; exit 1');
mkdirSync('src');
writeFileSync('src/a.js', 'await prisma.users.upsert({\n  where: { email },\n  create: data,\n  update: data,\n  include: { orders: true },\n});\n');
shows('check, include', await runbook('check-upsert-is-one-statement', { SOURCE: 'src' }), 'src/a.js-5-  include: { orders: true },; exit 0');
writeFileSync('src/a.js', 'await prisma.users.upsert({\n  where: { email },\n  create: data,\n  update: data,\n});\n');
shows('check, alone', await runbook('check-upsert-is-one-statement', { SOURCE: 'src' }), 'nothing; exit 1');
await disconnect();
