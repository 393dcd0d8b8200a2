// The same server, started in each way, and stopped while it handles a request.
import { stop } from '../shared/container.mjs';
import { shows } from '../helpers/runbook.mjs';

const CUT = 'no SIGTERM, request cut (ECONNRESET)';
const SERVED = 'SIGTERM arrived, request served';
shows('node server.js', await stop(['node', 'server.js']), SERVED);
shows('npm start', await stop(['npm', 'start']), CUT);
shows("sh -c 'node server.js; echo ended'", await stop(['sh', '-c', 'node server.js; echo ended']), CUT);
shows("sh -c 'exec node server.js'", await stop(['sh', '-c', 'exec node server.js']), SERVED);
shows('node server.js, without a handler', await stop(['node', 'server.js'], { env: { HANDLER: 'no' } }), CUT);
