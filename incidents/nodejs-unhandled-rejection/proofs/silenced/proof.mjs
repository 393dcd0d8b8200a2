// The popular advice, tried: a global handler that only logs. The process goes on, and the client
// waits until it gives up; its connection and whatever the handler held stay taken.
import { shows } from '../helpers/runbook.mjs';
import { both } from '../shared/try.mjs';

const { said, log } = await both('silenced');
shows('global handler that logs', said, 'another request 200, broken one hangs, process runs');
shows('its log', /logged: .*/.exec(log)[0], "logged: Cannot read properties of undefined (reading 'toUpperCase')");
