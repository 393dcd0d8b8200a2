// PostgreSQL listens on 127.0.0.1 and answers. Node.js 17 to 19 tries the first address of
// localhost alone and is refused; Node.js 20 tries the next one, too. With the server stopped, the
// error names both addresses.
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { connects } from '../shared/localhost.mjs';

const PORT = 5499;
const server = await cluster(["listen_addresses = '127.0.0.1'", `port = ${PORT}`]);
shows('as Node.js 17 to 19, localhost', await connects('localhost', PORT, { tryAll: false }), `Error connect ECONNREFUSED ::1:${PORT}`);
shows('the same moment, 127.0.0.1', await connects('127.0.0.1', PORT, { tryAll: false }), 'connected');
shows('as Node.js 20, localhost', await connects('localhost', PORT, { tryAll: true }), 'connected');
await server.stop();
await server.start();
shows('after a restart of PostgreSQL, localhost', await connects('localhost', PORT, { tryAll: false }), `Error connect ECONNREFUSED ::1:${PORT}`);
await server.stop();
shows('server stopped, as Node.js 20, localhost', await connects('localhost', PORT, { tryAll: true }),
  `AggregateError; Error connect ECONNREFUSED ::1:${PORT}; Error connect ECONNREFUSED 127.0.0.1:${PORT}`);
shows('server stopped, 127.0.0.1', await connects('127.0.0.1', PORT, { tryAll: false }), `Error connect ECONNREFUSED 127.0.0.1:${PORT}`);
