// A real nginx in front of a real Node.js server, with a network in between that takes its time.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const listening = async (server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
};

/** Newer versions of Node.js close an idle connection this much later than `keepAliveTimeout`, in milliseconds. */
export const LATER = 1000;

/** Start an application; return its port, how many requests came, and a wait until it has closed every connection. */
export async function application(keepAliveTimeout) {
  const app = { requests: 0 };
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => { app.requests += 1; response.end('done'); });
  });
  if (keepAliveTimeout !== undefined) server.keepAliveTimeout = keepAliveTimeout;
  server.setMaxListeners(0);
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => { open -= 1; server.emit('closed'); });
  });
  app.port = await listening(server);
  app.closed = async () => { while (open > 0) await once(server, 'closed'); };
  return app;
}

/**
 * Put the network in front of a port, and return the new port. When Node.js closes a connection, the
 * message about it is on its way until nginx has sent its next request, or for two seconds.
 */
export async function network(port) {
  return listening(net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ port, host: '127.0.0.1' });
    near.on('error', () => far.destroy()).on('data', (data) => far.write(data)).on('end', () => { far.end(); near.end(); });
    far.on('error', () => {}).on('data', (data) => near.write(data)).on('close', () => {
      near.once('data', () => near.end());
      setTimeout(() => near.end(), 2000);
    });
  }));
}

/** Start nginx in front of these ports; `upstream` are more lines of its group. Return how to ask it. */
export async function nginx(ports, upstream = ['keepalive 8;']) {
  const home = `${process.env.TMPDIR}/nginx-${ports[0]}`;
  mkdirSync(`${home}/tmp`, { recursive: true });
  const port = await (async () => { const probe = net.createServer(); const free = await listening(probe); probe.close(); return free; })();
  writeFileSync(`${home}/nginx.conf`, `
    daemon off; pid ${home}/pid; error_log ${home}/error.log;
    events {}
    http {
      access_log ${home}/access.log;
      client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi;
      uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;
      upstream app { ${ports.map((one) => `server 127.0.0.1:${one};`).join(' ')} ${upstream.join(' ')} }
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
      }
    }`);
  const log = openSync(`${home}/printed`, 'a');
  const server = spawn('nginx', ['-e', `${home}/error.log`, '-p', home, '-c', `${home}/nginx.conf`], { stdio: ['ignore', log, log] });
  for (const limit = Date.now() + 20000; !existsSync(`${home}/pid`); await pause(10)) {
    assert.ok(Date.now() < limit && server.exitCode === null, readFileSync(`${home}/printed`, 'utf8'));
  }
  const ask = async (method = 'POST') => {
    const request = http.request({ port, host: '127.0.0.1', method, agent: false });
    request.end(method === 'POST' ? 'order=1' : undefined);
    const [response] = await once(request, 'response');
    response.resume();
    return String(response.statusCode);
  };
  return { ask, home, url: `http://127.0.0.1:${port}/`, errors: () => readFileSync(`${home}/error.log`, 'utf8') };
}
