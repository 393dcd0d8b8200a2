// What is advised: add the header in nginx. Without `always` it is not on errors; beside that of the application it is there twice.
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ORIGIN, api, asked } from '../shared/api.mjs';

const app = await api();
const location = (lines) => `location / { ${lines} proxy_pass http://127.0.0.1:${app.port}; }`;
const added = await nginx(location("add_header Access-Control-Allow-Origin '*';"));
shows('added in nginx: an order is listed', await asked(added.port, 'GET'), `200, allowed: ${ORIGIN} and *`);
const always = await nginx(location(`proxy_hide_header Access-Control-Allow-Origin; add_header Access-Control-Allow-Origin ${ORIGIN} always;`));
shows('only that of nginx, always: an order is listed', await asked(always.port, 'GET'), `200, allowed: ${ORIGIN}`);
await app.end();
shows('added in nginx: the application is down', await asked(added.port, 'GET'), '502, allowed: nobody');
shows('only that of nginx, always: the application is down', await asked(always.port, 'GET'), `502, allowed: ${ORIGIN}`);
process.exit(0);
