// Runs the worker with a heap limit, and, where one is given, inside a limit of memory: who passes
// that is killed, as the kernel does with a process of a container.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const worker = new URL('worker.js', import.meta.url).pathname;

/** Return how many requests were handled, how it ended, and what it wrote to its log. */
export async function run(heap, { memory, env, options = [] } = {}) {
  const child = spawn(process.execPath, [`--max-old-space-size=${heap}`, ...options, worker], { env: { ...process.env, ...env } });
  let out = '';
  let log = '';
  child.stdout.on('data', (data) => { out += data; });
  child.stderr.on('data', (data) => { log += data; });
  const watch = memory && setInterval(() => {
    try {
      const pages = Number(readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1]);
      if (pages * 4096 > memory * 1048576) child.kill('SIGKILL');
    } catch { /* it has ended */ }
  }, 2);
  const [code, signal] = await once(child, 'close');
  clearInterval(watch);
  const handled = Number(out.match(/\d+(?=\n)/g)?.at(-1) ?? 0);
  return { handled, ended: out.includes('all handled') ? 'all handled' : signal ?? `exit ${code}`, log };
}
