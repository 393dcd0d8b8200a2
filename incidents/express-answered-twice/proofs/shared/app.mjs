// A real Express application in a process of its own, with handlers that answer twice, and mended ones.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import express from 'express';

if (process.argv[2] === 'serve') {
  const app = express();
  let orders = 0;
  const order = (response) => { orders += 1; response.json({ ordered: true }); };
  const may = (request) => request.query.key === 'right';
  app.get('/guard', (request, response) => {
    if (!may(request)) response.status(403).json({ error: 'not allowed' });
    order(response);
  });
  app.get('/guard/asks-headers-sent', (request, response) => {
    if (!may(request)) response.status(403).json({ error: 'not allowed' });
    orders += 1;
    if (!response.headersSent) response.json({ ordered: true });
  });
  app.get('/guard/returns', (request, response) => {
    if (!may(request)) return response.status(403).json({ error: 'not allowed' });
    order(response);
  });
  app.get('/loop', (request, response) => {
    ['a', 'b'].forEach((name) => { return response.json({ name }); });
  });
  app.get('/loop/collects', (request, response) => response.json(['a', 'b'].map((name) => ({ name }))));
  app.get('/next', (request, response, next) => { response.json({ found: true }); next(); });
  app.get('/late', (request, response) => {
    response.json({ error: 'too late' }); // as a time-out that answers, and then the result comes
    setTimeout(() => response.json({ found: true }), 5);
  });
  app.get('/orders', (request, response) => response.json(orders));
  app.use((request, response) => response.status(404).json({ error: 'no such page' }));
  const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

/** Start the application, with more options of Node.js; return how to ask it, its log, and how it ended. */
export async function application(options = []) {
  const running = spawn('node', [...options, fileURLToPath(import.meta.url), 'serve'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const one = { log: '', ended: once(running, 'exit') };
  running.stderr.on('data', (data) => { one.log += data; });
  const [port] = await once(running.stdout, 'data');
  one.ask = async (path) => {
    const request = http.get({ port: Number(String(port)), host: '127.0.0.1', path, agent: false });
    const [response] = await once(request, 'response');
    let text = '';
    for await (const data of response) text += data;
    return `${response.statusCode} ${text}`;
  };
  one.logs = async (times, words = 'Error [ERR_HTTP_HEADERS_SENT]') => { while (one.log.split(words).length <= times) await once(running.stderr, 'data'); };
  one.end = () => running.kill();
  return one;
}

/** How often a log has the error. */
export const errors = (log) => log.match(/^Error \[ERR_HTTP_HEADERS_SENT\]/gm)?.length ?? 0;
