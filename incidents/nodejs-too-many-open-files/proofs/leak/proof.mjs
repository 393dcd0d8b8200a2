// Clients go away in the middle of an answer: with pipe, each leaves a file open, until nothing can
// be opened; with pipeline, none does.
import { setTimeout as pause } from 'node:timers/promises';
import { shows } from '../helpers/runbook.mjs';
import { leave, serve } from '../shared/clients.mjs';

const fault = await serve(100);
const { gone, answer } = await leave(fault, 200);
shows('pipe, limit 100', answer, /^(500 EMFILE|ECONNRESET)$/);
shows('after how many clients', gone > 40 && gone <= 100, 'true');
// What a process printed arrives later than what it answered.
for (let tries = 0; tries < 500 && !fault.log().includes('EMFILE'); tries += 1) await pause(10);
shows('its log', /Error: EMFILE[^\n]*/.exec(fault.log())?.[0].replace(/'.*'/, 'FILE'), 'Error: EMFILE: too many open files, open FILE');
fault.end();
const fixed = await serve(100, { FIXED: 'yes' });
shows('pipeline, limit 100, 200 clients', (await leave(fixed, 200)).answer, '200');
shows('open files after them', Number((await fixed.get('/open')).split(' ')[1]) < 40, 'true');
fixed.end();
