// A server with a limit of open files, and clients that go away in the middle of an answer.
import { spawn } from 'node:child_process';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const file = new URL('server.js', import.meta.url).pathname;

/** Start the server with a limit. */
export async function serve(limit, env = {}, kind = '-n') {
  const child = spawn('bash', ['-c', `ulimit ${kind} ${limit}; exec node ${file}`], { env: { ...process.env, ...env } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { log += data; });
  for (let tries = 0; tries < 1000 && !log.includes('listening'); tries += 1) await pause(10);
  const [, port, pid] = /listening on (\d+) as (\d+)/.exec(log);
  const get = (path, abort) => new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', path, agent: false, timeout: 3000 }, (response) => {
      if (abort) { response.destroy(); resolve('aborted'); return; }
      let text = '';
      response.on('data', (data) => { text += data.length > 100 || text.length > 100 ? '' : data; });
      response.on('end', () => resolve(`${response.statusCode} ${response.headers['content-length'] ? text : ''}`.trim()));
      response.on('error', () => resolve('cut'));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', (error) => resolve(error.code));
  });
  return { pid, get, log: () => log, end: () => child.kill('SIGKILL') };
}

/** Let clients go away until a request fails, or `most` have gone; return how many had. */
export async function leave(server, most) {
  for (let gone = 1; gone <= most; gone += 1) {
    await server.get('/', true);
    if (gone % 10 === 0) {
      const answer = await server.get('/');
      if (!answer.startsWith('200')) return { gone, answer };
    }
  }
  return { gone: most, answer: await server.get('/') };
}
