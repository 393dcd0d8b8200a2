// The popular advice, tried: a sleep before the signal, and a longer grace period. Both leave the
// request cut that is in progress when the signal comes; npm ends at once and uses no grace. With node itself, neither is needed.
import { stop } from '../shared/container.mjs';
import { shows } from '../helpers/runbook.mjs';

const CUT = 'no SIGTERM, request cut (ECONNRESET)';
shows('npm start, sleep of 300 ms before', await stop(['npm', 'start'], { sleep: 300 }), CUT);
shows('npm start, 60 s of grace', await stop(['npm', 'start'], { grace: 60000 }), CUT);
shows('node server.js, no sleep', await stop(['node', 'server.js']), 'SIGTERM arrived, request served');
