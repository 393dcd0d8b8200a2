// nginx closes a WebSocket on which nothing came from the server for proxy_read_timeout; 60 s unless it is set.
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';
import { UPGRADE, application, connected } from '../shared/sockets.mjs';

const quiet = await application();
const pinging = await application({ ping: 100 });
const front = (app, time) => nginx(`location / { ${UPGRADE} proxy_read_timeout ${time}; proxy_pass http://127.0.0.1:${app.port}; }`);
const nginxQuiet = await front(quiet, '1500ms');
const direct = await connected(quiet.port);
const pings = await connected((await front(pinging, '1500ms')).port);
const longer = await connected((await front(quiet, '1h')).port);
const keepAlive = await connected(nginxQuiet.port, { keepAlive: true });
const plain = await connected(nginxQuiet.port);
shows('a quiet connection through nginx is closed, with', await plain.end, '1006');
shows('with keep-alive of TCP, it is closed, with', await keepAlive.end, '1006');
while (pinging.pongs < 40 && pings.closed === undefined) await new Promise((resolve) => { setTimeout(resolve, 20); });
const open = (one) => (one.closed === undefined ? 'open' : `closed, ${one.closed}`);
shows('at the same time, a quiet connection without nginx', open(direct), 'open');
shows('with a ping every 0.1 s, after 40 of them', open(pings), 'open');
shows('with an hour in nginx', open(longer), 'open');
process.exit(0);
