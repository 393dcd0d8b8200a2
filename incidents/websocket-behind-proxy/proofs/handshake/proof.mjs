// A WebSocket begins as a request with two headers that belong to one hop. A proxy passes them on only when it is told to.
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';
import { UPGRADE, application, talk } from '../shared/sockets.mjs';

const app = await application();
const through = async (lines) => talk((await nginx(`location / { ${lines} proxy_pass http://127.0.0.1:${app.port}; }`)).port);
shows('directly', await talk(app.port), 'hello');
shows('through nginx as it is', await through(''), 'Unexpected server response: 200');
shows('only version 1.1', await through('proxy_http_version 1.1;'), 'Unexpected server response: 200');
shows('with a header for CORS', await through("add_header Access-Control-Allow-Origin '*' always;"), 'Unexpected server response: 200');
shows('with an hour to answer', await through('proxy_read_timeout 1h;'), 'Unexpected server response: 200');
shows('with version and headers', await through(UPGRADE), 'hello');
process.exit(0);
