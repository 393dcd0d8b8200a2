// The commands of the runbook, on a template and what was made of it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { replaced, TEMPLATE } from '../shared/templates.mjs';

const ALL = { API_HOST: '127.0.0.1', API_PORT: '3000' };
const LIST = '${API_HOST} ${API_PORT}';
writeFileSync('template', TEMPLATE);
const values = { TEMPLATE: 'template', RESULT: 'result' };
const look = async (result) => { writeFileSync('result', result); return `${await runbook('diagnosis-1', values)} | ${await runbook('verification-1', values)}`; };
shows('all replaced', await look(replaced(TEMPLATE, ALL)), /^line 4: nginx's own host is gone; exit 0 \| 4:.*; exit 1$/);
shows('not replaced', await look(TEMPLATE), /^line 5: API_HOST was not replaced and line 5: API_PORT was not replaced; exit 0 \| 5:.*; exit 1$/);
shows('right', await look(replaced(TEMPLATE, ALL, LIST)), 'nothing; exit 0 | nothing; exit 0');
const alone = TEMPLATE.replace(':${API_PORT}', '');
writeFileSync('template', alone);
shows('empty', (await look(replaced(alone, {}, LIST))).split(' | ')[0], 'line 5: API_HOST is empty; exit 0');

mkdirSync('deploy');
const check = (text) => { writeFileSync('deploy/Dockerfile', `${text}\n`); return runbook('check-envsubst-has-a-list', { REPOSITORY: 'deploy' }); };
shows('check, fault', await check('CMD envsubst < /t > /c && nginx'), 'deploy/Dockerfile:1:CMD envsubst < /t > /c && nginx; exit 0');
shows('check, fixed', await check("CMD envsubst '${API_HOST}' < /t > /c && nginx"), 'nothing; exit 1');
