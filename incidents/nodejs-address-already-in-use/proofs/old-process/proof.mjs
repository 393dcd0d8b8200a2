// The new process starts while the old one still has the port: the error, and who answers. A
// deploy that waits for the end of the old one, and one that tries again, both work. A connection in
// TIME_WAIT, which is often blamed, is no obstacle.
import { setTimeout as pause } from 'node:timers/promises';
import { shows } from '../helpers/runbook.mjs';
import { answer, start } from '../shared/processes.mjs';

const old = await start('1', { KEEPS: 'yes' });
shows('version 1', old.said, 'listening');
shows('version 2 beside it', (await start('2')).said, 'Error: listen EADDRINUSE: address already in use :::4599');
shows('who answers', await answer(), 'version 1');
old.child.kill('SIGTERM');
shows('version 2 at once after SIGTERM', (await start('2')).said, 'Error: listen EADDRINUSE: address already in use :::4599');
await old.ended;
const next = await start('2');
shows('version 2 after the end of version 1', next.said, 'listening');
for (let i = 0; i < 20; i += 1) await answer();
next.child.kill('SIGKILL');
await next.ended;
const again = await start('3', { KEEPS: 'yes' });
shows('version 3 at once after SIGKILL, connections in TIME_WAIT', again.said, 'listening');

again.child.kill('SIGTERM');
let tries = 0;
let retried;
do { tries += 1; retried = await start('4'); await pause(50); } while (retried.said !== 'listening' && tries < 50);
shows('version 4, tried again', `${retried.said} after ${tries > 1 ? 'some tries' : 'one try'}`, 'listening after some tries');
shows('who answers', await answer(), 'version 4');
retried.child.kill('SIGKILL');
