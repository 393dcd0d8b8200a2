// The popular advice, tried: ulimit -n. With twice and four times the limit, it fails after about
// twice and four times the clients; and a restart begins to count again from the start.
import { shows } from '../helpers/runbook.mjs';
import { leave, serve } from '../shared/clients.mjs';

const counts = {};
for (const limit of [100, 200, 400]) {
  const server = await serve(limit);
  const { gone, answer } = await leave(server, 1000);
  shows(`limit ${limit}`, answer, /^(500 EMFILE|ECONNRESET)$/);
  counts[limit] = gone;
  server.end();
}
shows('clients until it failed, 200 compared with 100', counts[200] / counts[100] > 1.5, 'true');
shows('clients until it failed, 400 compared with 100', counts[400] / counts[100] > 3, 'true');
const soft = await serve(60, {}, '-Sn');
shows('soft limit 60, 100 clients', (await leave(soft, 100)).answer, '200');
soft.end();
const again = await serve(100);
shows('restarted, limit 100', (await leave(again, 1000)).answer, /^(500 EMFILE|ECONNRESET)$/);
again.end();
