// The commands of the runbook: how many files are open and which, with and without the fault.
import { runbook, shows } from '../helpers/runbook.mjs';
import { leave, serve } from '../shared/clients.mjs';

const fault = await serve(100);
await leave(fault, 60);
shows('files of the process', (await runbook('diagnosis-1', { PID: fault.pid })).replace(/ +/g, ' '), /^[6-9]\d of 100 open by node [^\n]* and ?[5-9]\d \S*large-\d+ and .*; exit 0$/);
shows('verification', await runbook('verification-1', { NEW_PID: fault.pid }), /^[6-9]\d of 100; exit 1$/);
fault.end();
const fixed = await serve(100, { FIXED: 'yes' });
await leave(fixed, 60);
shows('fixed, verification', await runbook('verification-1', { NEW_PID: fixed.pid }), /^[1-4]\d of 100; exit 0$/);
shows('fixed, files of the process', await runbook('diagnosis-1', { PID: fixed.pid }), /^[1-4]\d of 100 open .*; exit 1$/);
shows('no such process', await runbook('diagnosis-1', { PID: '999999999' }), 'nothing; exit 2');
shows('no such process, verification', await runbook('verification-1', { NEW_PID: '999999999' }), 'nothing; exit 2');
fixed.end();
