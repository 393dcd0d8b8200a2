// Where an application listens, and from where it can be reached.
import { freePort } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { ask, start } from '../shared/platform.mjs';

const [PORT, own] = [await freePort(), await freePort()];
const reached = async (label, words, expected) => {
  const app = await start(words, PORT);
  shows(`${label}: from outside`, await ask(PORT), expected);
  return app;
};
let app = await reached('a port of its own', `${own}`, 'ECONNREFUSED');
shows('that port, as on the machine of the developer', await ask(own, 'localhost'), 'shop');
await app.stop();
app = await reached('PORT, on 127.0.0.1', "process.env.PORT, '127.0.0.1'", 'ECONNREFUSED');
shows('from inside', await ask(PORT, '127.0.0.1'), 'shop');
await app.stop();
app = await reached('PORT, on 0.0.0.0', "process.env.PORT, '0.0.0.0'", 'shop');
await app.stop();
app = await reached('PORT, no address', 'process.env.PORT', 'shop');
await app.stop();
