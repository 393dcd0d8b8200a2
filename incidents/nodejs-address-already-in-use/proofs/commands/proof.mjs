// The commands of the runbook: who has the port, and ending it.
import { runbook, shows } from '../helpers/runbook.mjs';
import { answer, PORT, start } from '../shared/processes.mjs';

shows('nobody', await runbook('diagnosis-1', { PORT }), 'nobody listens on port 4599; exit 1');
const old = await start('1', { KEEPS: 'yes' });
shows('a server', (await runbook('diagnosis-1', { PORT })).replace(String(old.child.pid), 'PID'), /^PID .*node.* -e .*; exit 0$/);
shows('end it', await runbook('mitigation-1', { PID: String(old.child.pid) }), 'ended; exit 0');
shows('who answers', await answer(), 'nothing');
await old.ended;
shows('end it again', await runbook('mitigation-1', { PID: String(old.child.pid) }), 'no such process; exit 1');
const next = await start('2');
shows('verification', await runbook('verification-1', { PORT, NEW_PID: String(next.child.pid) }), /the process that listens is \d+; exit 0/);
next.child.kill('SIGKILL');
