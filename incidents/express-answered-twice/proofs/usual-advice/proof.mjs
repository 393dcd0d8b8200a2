// What is believed: it is harmless, since the client has its answer; and asking for headersSent mends it.
import { application } from '../shared/app.mjs';
import { shows } from '../helpers/runbook.mjs';

const app = await application();
shows('a guard that asks for headersSent: the client sees', await app.ask('/guard/asks-headers-sent?key=wrong'), '403 {"error":"not allowed"}');
shows('its log', app.log || 'nothing', 'nothing');
shows('orders, although it was not allowed', await app.ask('/orders'), '200 1');

shows('answered again later: the client sees', await app.ask('/late'), '200 {"error":"too late"}');
const [code] = await app.ended;
shows('the process has ended, with code', code, '1');
await app.logs(1);
shows('its last words', app.log.match(/ERR_HTTP_HEADERS_SENT/)?.[0], 'ERR_HTTP_HEADERS_SENT');
