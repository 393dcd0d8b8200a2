// The popular advice, tried: restart everything. A manager that starts the process again and again
// beside the old one fails each time, and when the start script itself starts two, a fresh machine
// has the error, too.
import { spawnSync } from 'node:child_process';
import { shows } from '../helpers/runbook.mjs';
import { PORT, SERVER, start } from '../shared/processes.mjs';

const old = await start('1');
const ends = [];
for (let i = 0; i < 3; i += 1) ends.push((await start('2')).said);
shows('three restarts beside the old process', new Set(ends).size === 1 && ends[0], 'Error: listen EADDRINUSE: address already in use :::4599');
old.child.kill('SIGKILL');
await old.ended;
const { stderr } = spawnSync(process.execPath, ['-e', `${SERVER}\nhttp.createServer().listen(Number(process.env.PORT));`], { encoding: 'utf8', env: { ...process.env, PORT } });
shows('nothing runs, and the code listens twice', /Error: .*/.exec(stderr)[0], 'Error: listen EADDRINUSE: address already in use :::4599');
