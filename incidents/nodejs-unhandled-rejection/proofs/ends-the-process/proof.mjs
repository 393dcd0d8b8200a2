// A handler that fails after its first await ends the process, with all other requests in it. With
// the error handled, one request gets 500 and the others are served.
import { shows } from '../helpers/runbook.mjs';
import { both } from '../shared/try.mjs';

const nothing = await both('nothing');
shows('nothing is done', nothing.said, 'another request ECONNRESET, broken one ECONNRESET, process ended with 1');
shows('its log', /TypeError: Cannot read properties of undefined \(reading 'toUpperCase'\)/.exec(nothing.log)?.[0], "TypeError: Cannot read properties of undefined (reading 'toUpperCase')");
shows('as Node.js 14 (--unhandled-rejections=warn)', (await both('nothing', ['--unhandled-rejections=warn'])).said, 'another request 200, broken one hangs, process runs');
shows('handled in the request', (await both('handled')).said, 'another request 200, broken one 500, process runs');
shows('logged, then ended', (await both('exit')).said, 'another request ECONNRESET, broken one ECONNRESET, process ended with 1');
