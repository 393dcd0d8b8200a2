// The popular advice, tried: a sleep before the start. The database takes longer one day (here: it
// begins after the sleep), and the application is refused as before. A look whether its port is open
// comes too early as well: the server answers with "the database system is starting up".
import { setTimeout as pause } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { once, untilConnected } from '../shared/app.mjs';

const PORT = 5498;
const at = { host: '127.0.0.1', port: PORT };
const server = await cluster(["listen_addresses = '127.0.0.1'", `port = ${PORT}`]);
await server.stop();
const slept = pause(300).then(() => once(at));
const late = pause(900).then(() => server.start());
shows('sleep of 300 ms, the database needs 900 ms', await slept, `ECONNREFUSED connect ECONNREFUSED 127.0.0.1:${PORT}`);
const tries = untilConnected(at);
await late;
shows('tries again instead', (await tries) > 0 ? 'connected' : '', 'connected');
await server.stop();

// A replica that waits for its primary accepts connections to its port and refuses them all.
writeFileSync(`${server.host}/standby.signal`, '');
const standby = spawn('postgres', ['-D', server.host, '-c', 'hot_standby=off'], { stdio: 'ignore' });
let how;
for (let count = 0; count < 300 && !/^57P03/.test(how ?? ''); count += 1) { how = await once(at); await pause(20); }
shows('its port is open, and it is not ready', how, /^57P03 the database system is (starting up|not accepting connections|not yet accepting connections)$/);
standby.kill('SIGQUIT');
process.exit(0);
