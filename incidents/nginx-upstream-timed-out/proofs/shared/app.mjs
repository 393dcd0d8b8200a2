// A real Node.js server in a thread of its own, whose slow requests last until the proof releases them.
import { once } from 'node:events';
import http from 'node:http';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

if (!isMainThread) {
  const { state, port: wanted, thread } = workerData;
  const orders = { made: 0 };
  const wait = async () => { await Atomics.waitAsync(state, 0, 0).value; };
  const routes = {
    '/health': () => 'ok',
    '/orders': async () => { await wait(); orders.made += 1; return 'made'; },
    '/orders/count': () => String(orders.made),
    '/slow': async () => { await wait(); return 'done'; }, // as a slow query: the process goes on
    '/blocked': () => { Atomics.wait(state, 0, 0); return 'done'; }, // as a long computation: the process does nothing else
    '/thread': async () => { await once(new Worker(new URL(import.meta.url), { workerData: { state, thread: true } }), 'exit'); return 'done'; },
  };
  if (thread) {
    Atomics.wait(state, 0, 0);
  } else {
    const server = http.createServer(async (request, response) => {
      const path = request.url.split('?')[0];
      parentPort.postMessage({ began: path });
      request.resume();
      response.end(await routes[path]());
    });
    server.listen(wanted ?? 0, '127.0.0.1', () => parentPort.postMessage({ port: server.address().port }));
  }
}

/** Start an application; return its port, a list of the requests that began, and how to release those that wait. */
export async function application() {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { state } });
  const [{ port }] = await once(worker, 'message');
  const app = { port, url: `http://127.0.0.1:${port}`, began: [] };
  worker.on('message', ({ began }) => { app.began.push(began); worker.emit('began'); });
  app.waits = () => { Atomics.store(state, 0, 0); };
  app.release = () => { Atomics.store(state, 0, 1); Atomics.notify(state, 0); };
  app.hasBegun = async (path, times = 1) => { while (app.began.filter((one) => one === path).length < times) await once(worker, 'began'); };
  return app;
}
