// A real nginx with the pages of a single-page application, in front of a real API.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import vm from 'node:vm';
import { nginx } from '../helpers/nginx.mjs';
import { listening } from '../helpers/ports.mjs';

const PAGES = `${process.env.TMPDIR}/pages`;

/** Put a release in place: its page and its script, and nothing of the one before. */
export function release(name) {
  rmSync(`${PAGES}/assets`, { recursive: true, force: true });
  mkdirSync(`${PAGES}/assets`, { recursive: true });
  writeFileSync(`${PAGES}/index.html`, `<!DOCTYPE html>\n<script src="/assets/main.${name}.js"></script>\n`);
  writeFileSync(`${PAGES}/assets/main.${name}.js`, "globalThis.started = true;\n");
}

/** Start an API behind nginx, which answers with the page whatever is not there; `more` are lines before that. */
export async function site(more = '') {
  const one = { asked: 0 };
  const api = http.createServer((request, response) => {
    one.asked += 1;
    if (request.url === '/api/private') return response.writeHead(302, { location: '/login' }).end();
    response.setHeader('content-type', 'application/json');
    return response.end('{"orders":[]}');
  });
  const port = await listening(api);
  one.end = () => new Promise((resolve) => { api.close(resolve); api.closeAllConnections(); });
  const front = await nginx(`
    root ${PAGES}; types { text/html html; application/javascript js; }
    ${more}
    location /api/ { proxy_pass http://127.0.0.1:${port}; }
    location / { try_files $uri /index.html; }`);
  return Object.assign(one, { url: front.url });
}

/** Ask for JSON; return the status and the kind of the answer, and what parsing it says. */
export async function json(url, headers = {}) {
  const answer = await fetch(url, { headers });
  const what = `${answer.status} ${(answer.headers.get('content-type') ?? 'nothing').split(';')[0]}`;
  return answer.json().then(() => `${what}, parsed`, (error) => `${what}, ${error.message.split(/,| in JSON/)[0]}`);
}

/** Load a script as a browser does that takes whatever comes; return the status and what happens. */
export async function script(url) {
  const answer = await fetch(url, { cache: 'no-store', headers: { 'cache-control': 'no-cache' } });
  const text = await answer.text();
  try { new vm.Script(text); } catch (error) { return `${answer.status} ${answer.headers.get('content-type')}, ${error.message}`; }
  return `${answer.status} ${answer.headers.get('content-type')}, loaded`;
}
