// The popular advice, tried: ask for longer. Each question after "listening" is refused, while a slow
// start, which is another matter, answers in the end.
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ask, start } from '../shared/platform.mjs';

const [PORT, own] = [await freePort(), await freePort()];
const answers = async (times) => {
  const got = new Set();
  for (let n = 0; n < times; n += 1) { got.add(await ask(PORT)); await pause(2); }
  return [...got].join(', ');
};
let app = await start(`${own}`, PORT);
shows('a port of its own, 200 questions', await answers(200), 'ECONNREFUSED');
await app.stop();
app = await start("process.env.PORT, 'localhost'", PORT);
shows('localhost, 200 questions', await answers(200), 'ECONNREFUSED');
await app.stop();
const slow = start('process.env.PORT', PORT); // not awaited: the platform asks at once
shows('a slow start, at first', await ask(PORT), 'ECONNREFUSED');
await slow;
shows('a slow start, in the end', await ask(PORT), 'shop');
await (await slow).stop();
