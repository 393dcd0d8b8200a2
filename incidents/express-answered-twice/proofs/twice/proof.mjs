// The ways to answer twice, and what they do: the client has the first answer, and the code goes on.
import { application, errors } from '../shared/app.mjs';
import { shows } from '../helpers/runbook.mjs';

const app = await application();
const orders = () => app.ask('/orders');
shows('a guard without return: the client sees', await app.ask('/guard?key=wrong'), '403 {"error":"not allowed"}');
shows('orders, although it was not allowed', await orders(), '200 1');
shows('return within a loop: the client sees', await app.ask('/loop'), '200 {"name":"a"}');
shows('next after the answer: the client sees', await app.ask('/next'), '200 {"found":true}');
await app.logs(3);
shows('errors in the log', errors(app.log), '3');
shows('the guard returns: the client sees', await app.ask('/guard/returns?key=wrong'), '403 {"error":"not allowed"}');
shows('orders', await orders(), '200 1');
shows('the loop collects: the client sees', await app.ask('/loop/collects'), '200 [{"name":"a"},{"name":"b"}]');
shows('errors in the log', errors(app.log), '3');
app.end();
