// The same API, rightly configured: answers of the application have the header, and errors of the proxy in front have not.
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ORIGIN, api, asked } from '../shared/api.mjs';

const good = await api();
const front = await nginx(`location / { proxy_pass http://127.0.0.1:${good.port}; }`);
shows('an order is listed', await asked(front.port, 'GET'), `200, allowed: ${ORIGIN}`);
shows('a preflight', await asked(front.port, 'OPTIONS'), `204, allowed: ${ORIGIN}`);
shows('a body that is too large for the proxy', await asked(front.port, 'POST', { body: JSON.stringify(['x'.repeat(2_000_000)]) }), '413, allowed: nobody');
await good.end();
shows('the application is down', await asked(front.port, 'GET'), '502, allowed: nobody');

const first = await api({ loginFirst: true });
shows('the login stands before the headers: a preflight, which has no login', await asked(first.port, 'OPTIONS'), '401, allowed: nobody');
shows('the login stands before the headers: a request', await asked(first.port, 'GET'), `200, allowed: ${ORIGIN}`);
process.exit(0);
