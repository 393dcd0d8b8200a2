// A real Express that wants HTTPS, behind a real nginx that ends TLS.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import express from 'express';
import { nginx } from '../helpers/nginx.mjs';
import { freePort } from '../helpers/ports.mjs';

const HOME = `${process.env.TMPDIR}/certificates`;
mkdirSync(HOME, { recursive: true });
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key', '-out', 'cert',
  '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'], { cwd: HOME, stdio: 'pipe' });

/** The variable that lets curl know this certificate. */
export const KNOWN = { CURL_CA_BUNDLE: `${HOME}/cert` };

/** Start an application that sends plain requests to HTTPS; return its address and how often it was asked. */
export async function application({ trusts = false } = {}) {
  const one = { asked: 0 };
  const app = express();
  if (trusts) app.set('trust proxy', 1);
  app.use((request, response, next) => {
    one.asked += 1;
    return request.secure ? next() : response.redirect(301, `https://${request.headers.host}${request.originalUrl}`);
  });
  app.get('/', (request, response) => response.send('the shop'));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  one.url = `http://127.0.0.1:${server.address().port}`;
  return one;
}

/** Put nginx with TLS in front of an address; return its own. */
export async function front(target, lines = '') {
  const port = await freePort();
  await nginx('', `server {
    listen 127.0.0.1:${port} ssl; ssl_certificate ${HOME}/cert; ssl_certificate_key ${HOME}/key;
    location / { proxy_set_header Host $http_host; ${lines} proxy_pass ${target}; }
  }`);
  return `https://localhost:${port}/`;
}

/** Ask an address and follow at most ten redirects; return the status, or `loops`. */
export const followed = (url, ...options) => new Promise((resolve) => {
  execFile('curl', ['-sL', '--max-redirs', '10', '-o', '/dev/null', '-w', '%{http_code}', ...options, url], { env: { ...process.env, ...KNOWN } },
    (error, stdout) => resolve(error?.code === 47 ? 'loops' : stdout));
});
