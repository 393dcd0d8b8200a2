// A real nginx with sites that a proof writes, in front of small applications, and a name server.
import { spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Start an application that answers with this text; return its port. */
export async function application(text) {
  const server = http.createServer((request, response) => { response.end(text); }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

/** Start a name server that knows the names in `known`, with 127.0.0.1; return its port. */
export async function names(known) {
  const server = dgram.createSocket('udp4');
  server.on('message', (query, from) => {
    let end = 12;
    const labels = [];
    while (query[end]) { labels.push(query.toString('latin1', end + 1, end + 1 + query[end])); end += query[end] + 1; }
    const question = query.subarray(12, end + 5);
    const found = known.has(labels.join('.')) && query.readUInt16BE(end + 1) === 1;
    const head = Buffer.from([query[0], query[1], 0x81, known.has(labels.join('.')) ? 0x80 : 0x83, 0, 1, 0, found ? 1 : 0, 0, 0, 0, 0]);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]);
    server.send(Buffer.concat(found ? [head, question, answer] : [head, question]), from.port, from.address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

/** Write nginx's files, one for each site; return where they are, and how to test, start and ask it. */
export function proxy(sites) {
  const home = `${process.env.TMPDIR}/nginx`;
  mkdirSync(`${home}/conf.d`, { recursive: true });
  mkdirSync(`${home}/tmp`, { recursive: true });
  writeFileSync(`${home}/nginx.conf`, `
    daemon off; pid ${home}/pid; error_log ${home}/error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path ${home}/tmp/body; proxy_temp_path ${home}/tmp/proxy; fastcgi_temp_path ${home}/tmp/fastcgi;
      uwsgi_temp_path ${home}/tmp/uwsgi; scgi_temp_path ${home}/tmp/scgi;
      include ${home}/conf.d/*.conf;
    }`);
  for (const [name, text] of Object.entries(sites)) writeFileSync(`${home}/conf.d/${name}.conf`, text);
  const words = ['-e', `${home}/error.log`, '-p', home, '-c', `${home}/nginx.conf`];
  const said = (text) => /host not found in upstream "[^"]*"|test is successful/.exec(text)?.[0] ?? text;
  const errors = () => readFileSync(`${home}/error.log`, 'utf8');
  return {
    home, errors, conf: `${home}/nginx.conf`,
    test: () => said(spawnSync('nginx', [...words, '-t'], { encoding: 'utf8' }).stderr),
    reload: () => said(spawnSync('nginx', [...words, '-s', 'reload'], { encoding: 'utf8' }).stderr),
    start: async () => {
      const log = openSync(`${home}/printed`, 'w');
      const server = spawn('nginx', words, { stdio: ['ignore', log, log] });
      while (server.exitCode === null && !existsSync(`${home}/pid`)) await pause(10);
      return server.exitCode === null ? 'started' : `exit ${server.exitCode}, ${said(readFileSync(`${home}/printed`, 'utf8'))}`;
    },
    ask: async (port) => {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/`);
        return `${answer.status} ${answer.ok ? await answer.text() : ''}`.trim();
      } catch (error) {
        return error.cause.code;
      }
    },
  };
}
