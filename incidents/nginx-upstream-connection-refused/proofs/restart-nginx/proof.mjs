// What is believed: restart nginx, or give it more time. It is refused as before; nginx is not at fault.
import http from 'node:http';
import { nginx } from '../helpers/nginx.mjs';
import { listening } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';

const app = http.createServer((request, response) => response.end('done'));
const port = await listening(app, '127.0.0.1');
const location = (times = '') => `location / { ${times} proxy_pass http://127.0.0.2:${port}; }`;
const front = await nginx(location());
shows('before', await front.ask(), '502');
await front.restart();
shows('nginx restarted', await front.ask(), '502');
await front.restart(location('proxy_connect_timeout 70s; proxy_read_timeout 1h; proxy_send_timeout 1h;'));
shows('an hour to answer', await front.ask(), '502');
shows('refused in the log', front.errors().match(/111: Connection refused/g).length, '3');

// Only the application is changed.
await new Promise((resolve) => { app.close(resolve); });
await listening(http.createServer((request, response) => response.end('done')), '0.0.0.0', port);
shows('the application listens at 0.0.0.0', await front.ask(), '200');
process.exit(0);
