// Where the same cause has words: the debug output of express-session, the package cookies (Koa has it), and
// express-rate-limit, which notices that the proxy is not trusted.
import { spawnSync } from 'node:child_process';
import Cookies from 'cookies';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import { shows } from '../helpers/runbook.mjs';
import { site } from '../shared/site.mjs';

const { stderr } = spawnSync('node', ['debugged.mjs'], { encoding: 'utf8', env: { ...process.env, DEBUG: 'express-session' } });
shows('DEBUG=express-session', stderr.match(/express-session not secured/)?.[0], 'express-session not secured');

const printed = [];
console.error = (...said) => printed.push(said.map(String).join(' '));
async function fails(use) {
  const app = express();
  app.use(use);
  app.all('/login', (request, response) => response.send('welcome'));
  app.use((error, request, response, next) => { console.error(error); response.status(500).send('failed'); void next; });
  return (await (await site(app)).ask('/login')).status;
}
const setCookie = (request, response, next) => { new Cookies(request, response).set('session', 'ada', { secure: true }); next(); };
shows('cookies', await fails(setCookie), '500');
shows('its error', printed.join('\n').match(/Error: Cannot send secure cookie over unencrypted connection/)?.[0], 'Error: Cannot send secure cookie over unencrypted connection');
await fails(rateLimit());
shows('express-rate-limit', printed.join('\n').match(/The 'X-Forwarded-For' header is set but the Express 'trust proxy' setting is false/)?.[0], /^The/);
process.exit(0);
