// Ports for servers that a proof starts.
import { once } from 'node:events';
import net from 'node:net';

/** Let a server listen, at any port unless one is given; return the port. */
export async function listening(server, address = '127.0.0.1', port = 0) {
  server.listen(port, address);
  await once(server, 'listening');
  return server.address().port;
}

/** Return a port at which nobody listens. */
export async function freePort() {
  const probe = net.createServer();
  const port = await listening(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}
