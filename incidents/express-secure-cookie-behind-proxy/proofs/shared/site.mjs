// A real nginx that ends TLS, in front of an Express application with a session cookie.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import session from 'express-session';

/** Make an application with a login; return it with its store, and with the settings that a test changes. */
export function application({ trustProxy, cookie = { secure: true } } = {}) {
  const app = express();
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
  const store = new session.MemoryStore();
  app.use(session({ secret: 'not a real secret', resave: false, saveUninitialized: false, store, cookie }));
  app.all('/login', (request, response) => { request.session.user = 'ada'; response.send('welcome'); });
  app.get('/me', (request, response) => response.status(request.session.user ? 200 : 401).send(request.session.user ?? 'log in'));
  app.get('/ip', (request, response) => response.send(request.ip));
  return { app, stored: () => Object.keys(store.sessions).length };
}

let certificate;
function makeCertificate() {
  const [key, cert] = [`${process.env.TMPDIR}/key.pem`, `${process.env.TMPDIR}/cert.pem`];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
  return { key, cert };
}

/** Start an application behind nginx; return how a browser asks it, and where its files are. */
export async function site(app, headers = ['proxy_set_header X-Forwarded-Proto $scheme;', 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;']) {
  certificate ??= makeCertificate();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const home = `${process.env.TMPDIR}/nginx-${port}`;
  mkdirSync(`${home}/tmp`, { recursive: true });
  const config = `${home}/nginx.conf`;
  writeFileSync(config, `
    daemon off; pid ${home}/pid; error_log ${home}/error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi;
      uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;
      server {
        listen 127.0.0.1:${port} ssl;
        ssl_certificate ${certificate.cert}; ssl_certificate_key ${certificate.key};
        location / { proxy_pass http://127.0.0.1:${server.address().port}; ${headers.join('\n        ')} }
      }
    }`);
  const log = openSync(`${home}/printed`, 'a');
  const proxy = spawn('nginx', ['-e', `${home}/error.log`, '-p', home, '-c', config], { stdio: ['ignore', log, log] });
  for (const limit = Date.now() + 20000; !existsSync(`${home}/pid`); await pause(10)) {
    assert.ok(Date.now() < limit && proxy.exitCode === null, readFileSync(`${home}/printed`, 'utf8'));
  }
  let jar = '';
  const ask = async (path, { method = 'GET', headers: more = {} } = {}) => {
    const request = https.request({ host: '127.0.0.1', servername: 'localhost', port, path, method, ca: readFileSync(certificate.cert),
      headers: { ...(jar && { cookie: jar }), ...more } });
    request.end();
    const [response] = await once(request, 'response');
    const body = (await response.setEncoding('utf8').toArray()).join('');
    const set = response.headers['set-cookie']?.[0] ?? '';
    if (set) jar = set.split(';')[0];
    return { status: response.statusCode, body, set };
  };
  return { ask, config, certificate: certificate.cert, url: `https://localhost:${port}` };
}

/** Log in and ask who that is, as a browser does; return both statuses and what kind of cookie came. */
export async function logIn({ ask }) {
  const login = await ask('/login', { method: 'POST' });
  const kind = !login.set ? 'no cookie' : /; Secure/i.test(login.set) ? 'a secure cookie' : 'a cookie for every connection';
  return `login ${login.status} with ${kind}, then /me ${(await ask('/me')).status}`;
}
