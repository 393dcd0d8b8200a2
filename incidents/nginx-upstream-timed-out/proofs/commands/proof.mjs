// The commands of the runbook, on the log of a real nginx, and on requests that wait and that compute.
import { mkdirSync, writeFileSync } from 'node:fs';
import { application } from '../shared/app.mjs';
import { nginx } from '../helpers/nginx.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const app = await application();
const front = await nginx(`location / { proxy_read_timeout 400ms; proxy_pass ${app.url}; }`);
const minute = (ago) => new Date(Date.now() - ago * 60_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace('T', ' ').replaceAll('-', '/');
const values = { ERROR_LOG: `${front.home}/error.log`, SINCE: minute(10), HEALTH_URL: `${app.url}/health`, PROXY_SECONDS: '1', SOURCE: 'src' };
const seconds = (text) => text.replace(/[0-9]+[.][0-9]+ s/g, 'SECONDS');
shows('log before', await runbook('diagnosis-1', values), 'nothing; exit 1');
for (const [path, expected] of [
  ['/slow', /^slow: 000 after SECONDS and meanwhile: 200 after SECONDS; exit 0$/],
  ['/blocked', /^slow: 000 after SECONDS and meanwhile: 000 after SECONDS; exit 0$/],
]) {
  app.waits();
  await front.ask(path);
  shows(path, seconds(await runbook('diagnosis-2', { ...values, SLOW_URL: app.url + path })), expected);
  if (path === '/slow') shows('check, fault', seconds(await runbook('check-slowest-page-is-in-time', { ...values, SLOW_URL: app.url + path })), '000 after SECONDS; exit 28');
  app.release();
}
shows('log', await runbook('diagnosis-1', values), '1 reading response header from: GET /slow and 1 reading response header from: GET /blocked; exit 0');
shows('verification, fault', await runbook('verification-1', values), /2 upstream timed out; exit 0/);
shows('verification, of a change in ten minutes', await runbook('verification-1', { ...values, SINCE: minute(-10) }), '0 upstream timed out; exit 0');
shows('check, fixed', seconds(await runbook('check-slowest-page-is-in-time', { ...values, SLOW_URL: `${app.url}/slow` })), '200 after SECONDS; exit 0');
mkdirSync('src');
writeFileSync('src/login.js', 'const key = crypto.scryptSync(password, salt, 64);\n');
shows('check of the code, fault', await runbook('check-no-long-call-blocks', values), /^src\/login.js:1:.*scryptSync.*; exit 0$/);
writeFileSync('src/login.js', 'const key = await scrypt(password, salt, 64);\n');
shows('check of the code, fixed', await runbook('check-no-long-call-blocks', values), 'nothing; exit 1');
process.exit(0);
