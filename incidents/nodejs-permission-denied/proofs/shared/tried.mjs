// What a call ends with, and listening at a port.
import net from 'node:net';

/** Return `done`, or the words of the error up to the path. */
export function tried(action) {
  try { action(); return 'done'; } catch (error) { return error.message.split(" '")[0]; }
}

/** Listen at a port of the loopback; return `listens`, or the error. */
export const listens = (port, host = '127.0.0.1') => new Promise((resolve) => {
  const server = net.createServer().once('error', (error) => resolve(error.message.split(':')[0]));
  server.listen(port, host, () => { server.close(); resolve('listens'); });
});

/** Connect to a port of the loopback; return `connected`, or the code of the error. */
export const connects = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve('connected'); });
  socket.once('error', (error) => resolve(error.code));
});
