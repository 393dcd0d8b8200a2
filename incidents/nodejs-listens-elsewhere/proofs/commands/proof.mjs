// The commands of the runbook, beside applications that listen here and there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { freePort } from '../helpers/ports.mjs';
import { OUTSIDE, start } from '../shared/platform.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const [PORT, own] = [String(await freePort()), await freePort()];
const look = async (words) => {
  const app = await start(words, PORT);
  const found = await runbook('diagnosis-1', { PORT });
  const asked = await runbook('verification-1', { APP_URL: `http://${OUTSIDE}:${PORT}/` });
  await app.stop();
  return `${found.split(' and ').at(-1)}; asked: ${asked.split(' and ').at(-1)}`;
};
shows('a port of its own', await look(`${own}`), `cause: nothing listens on ${PORT}; exit 0; asked: 000; exit 7`);
shows('127.0.0.1', await look("process.env.PORT, '127.0.0.1'"), `cause: ${PORT} is open only from inside; exit 0; asked: 000; exit 7`);
const six = Object.values(networkInterfaces()).flat().some(({ address }) => address === '::1');
if (six) shows('::1', await look("process.env.PORT, '::1'"), `cause: ${PORT} is open only from inside; exit 0; asked: 000; exit 7`);
shows('0.0.0.0', await look("process.env.PORT, '0.0.0.0'"), `cause: not this; ${PORT} is open; exit 0; asked: 200; exit 0`);
shows('no address', await look('process.env.PORT'), `cause: not this; ${PORT} is open; exit 0; asked: 200; exit 0`);
shows('nothing', await runbook('diagnosis-1', { PORT }), 'cause: nothing listens; exit 0');

mkdirSync('backend/src', { recursive: true });
const check = (code, start = 'node src/server.js') => {
  writeFileSync('backend/package.json', JSON.stringify({ scripts: { start } }));
  writeFileSync('backend/src/server.js', `${code}\n`);
  return runbook('check-start-takes-the-port', { BACKEND: 'backend' });
};
shows('check, a fixed port', await check('app.listen(3000, () => {});'), 'src/server.js:1: a fixed port; exit 1');
shows('check, localhost', await check("app.listen(process.env.PORT, 'localhost');"), 'src/server.js:1: only from inside; exit 1');
shows('check, an object', await check('app.listen({ port: 3000 });'), 'src/server.js:1: a fixed port; exit 1');
shows('check, the command', await check('app.listen(port);', 'PORT=3000 node src/server.js'), 'package.json: start sets PORT; exit 1');
shows('check, fixed', await check("app.listen(process.env.PORT ?? 3000, '0.0.0.0');"), 'nothing; exit 0');
