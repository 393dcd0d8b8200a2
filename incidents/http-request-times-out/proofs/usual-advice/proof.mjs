// What is advised: a longer time-out. Of a connection that is swallowed, and of a process that is busy, it makes a longer wait.
import { asked, askedWhileBusy, service } from '../shared/service.mjs';
import { shows } from '../helpers/runbook.mjs';

const one = await service();
await one.answered();
await one.swallow();
shows('swallowed, 0.3 s', await asked(one.url, 300), 'TimeoutError');
shows('swallowed, 2.5 s', await asked(one.url, 2500), 'TimeoutError');
one.pass();
shows('it passes again', await asked(one.url, 5000), '200');
const before = Number(await one.answered());
shows('this process is busy for longer than 0.2 s', await askedWhileBusy(one.url, 200, 600), 'TimeoutError');
shows('this process is busy for longer than 0.6 s', await askedWhileBusy(one.url, 600, 1200), 'TimeoutError');
shows('the service had answered both', Number(await one.answered()) - before, '2');
shows('this process is not busy, 2 s', await asked(one.url, 2000), '200');
one.end();
process.exit(0);
