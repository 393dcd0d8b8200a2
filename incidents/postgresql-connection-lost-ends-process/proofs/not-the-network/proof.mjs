// The popular belief, tried: the network drops connections. These connections use a Unix socket on one
// machine, with no network between, and are lost with each restart of the server, ordinary or after a
// crash. An application with a pool and a handler is through both; a keep-alive setting changes nothing.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { start } from '../shared/app.mjs';

const server = await cluster(['restart_after_crash = on']);
const DATABASE_URL = server.url();
const answers = async (app) => {
  let answer;
  for (let tries = 0; tries < 400; tries += 1) {
    answer = await app.query();
    if (answer === 'answer: ok') break;
    await pause(20);
  }
  return answer;
};
const bare = await start({ DATABASE_URL });
const handled = await start({ DATABASE_URL, HANDLER: 'yes' });
await server.stop();
await server.start();
await bare.closed;
shows('restart, Unix socket, pool without a handler', await bare.state(), 'ended with 1');
shows('restart, pool with a handler', await answers(handled), 'answer: ok');

const second = await start({ DATABASE_URL });
const pid = readFileSync(`${server.host}/postmaster.pid`, 'utf8').split('\n')[0];
spawnSync('kill', ['-KILL', second.backend]); // one session of the server crashes, and takes all with it
await second.closed;
shows('crash of a session, pool without a handler', await second.state(), 'ended with 1');
shows('its log', /Connection terminated unexpectedly|terminating connection because of crash of another server process|ECONNRESET/.exec(second.log())?.[0], /Connection terminated unexpectedly|ECONNRESET|crash of another/);
shows('crash of a session, pool with a handler', await answers(handled), 'answer: ok');
shows('the server is the same process', readFileSync(`${server.host}/postmaster.pid`, 'utf8').split('\n')[0] === pid, 'true');
handled.end();
await server.stop();
process.exit(0);
