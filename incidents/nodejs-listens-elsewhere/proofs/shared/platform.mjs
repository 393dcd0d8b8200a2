// What a platform does: it chooses a port, starts the application, and asks from outside. 127.0.0.2
// stands for the address of the container; it is another one than localhost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';

export const OUTSIDE = '127.0.0.2';

/** Start an application that calls `listen` with these words; return it when it says that it listens. */
export async function start(words, PORT) {
  writeFileSync('app.mjs', `
    import http from 'node:http';
    const server = http.createServer((request, response) => { response.end('shop'); });
    server.listen(${words}, () => { console.log('listening'); });`);
  const app = spawn(process.execPath, ['app.mjs'], { env: { ...process.env, PORT: String(PORT) }, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(app.stdout, 'data');
  return { stop: async () => { app.kill('SIGKILL'); await once(app, 'exit'); } };
}

/** Ask this address; return the answer, or the code of the error. */
export async function ask(port, host = OUTSIDE) {
  try {
    return await (await fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(5000) })).text();
  } catch (error) {
    return error.cause.code;
  }
}
