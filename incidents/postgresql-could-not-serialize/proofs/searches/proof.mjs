// The searches of the runbook, on logs and code with and without the fault.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

const ERROR = 'ERROR:  could not serialize access due to concurrent update\nSTATEMENT:  UPDATE seats SET taken = 1\n';
writeFileSync('fault.log', `LOG:  ready\n${ERROR}LOG:  checkpoint\n${ERROR}`);
writeFileSync('fixed.log', 'LOG:  ready\n');
mkdirSync('fault');
writeFileSync('fault/a.js', "sequelize.transaction({ isolationLevel: 'SERIALIZABLE' }, work);\n");
mkdirSync('fixed');
writeFileSync('fixed/a.js', "for (;;) { sequelize.transaction({ isolationLevel: 'SERIALIZABLE' }, work); if (code !== '40001') throw error; }\n");
writeFileSync('fixed/b.js', 'sequelize.transaction(work);\n');
for (const state of ['fault', 'fixed']) {
  const values = { LOG: `${state}.log`, NEW_LOG: `${state}.log`, BACKEND: state };
  shows(`${state}, statements`, (await runbook('diagnosis-1', values)).replace(/ +/g, ' '),
    state === 'fault' ? /^ ?2 STATEMENT: UPDATE seats SET taken = 1 and ?2 could not serialize access due to concurrent update; exit 0$|2 could not .* 2 STATEMENT: UPDATE/ : 'nothing; exit 0');
  shows(`${state}, errors`, await runbook('verification-1', values), state === 'fault' ? '2; exit 0' : '0; exit 1');
  shows(`${state}, code`, await runbook('check-levels-have-a-retry', values), state === 'fault' ? /^fault\/a.js; / : /^nothing; /);
}
