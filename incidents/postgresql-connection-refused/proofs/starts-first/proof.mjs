// The application starts before the database listens: it is refused. One that tries again is
// connected as soon as the database answers. Each other reason has its own code: a name that does not
// exist, an address where nobody answers, the wrong port, and a server that is still starting.
import net from 'node:net';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { once, untilConnected } from '../shared/app.mjs';

const PORT = 5499;
const REFUSED = `ECONNREFUSED connect ECONNREFUSED 127.0.0.1:${PORT}`;
const at = { host: '127.0.0.1', port: PORT };
shows('before the database listens', await once(at), REFUSED);
const [server, tries] = await Promise.all([cluster(["listen_addresses = '127.0.0.1'", `port = ${PORT}`]), untilConnected(at)]);
shows('one that tries again', tries > 1 ? 'connected after some tries' : 'connected at once', 'connected after some tries');
shows('now', await once(at), 'connected');
shows('the wrong port', await once({ ...at, port: PORT + 1 }), `ECONNREFUSED connect ECONNREFUSED 127.0.0.1:${PORT + 1}`);
shows('a name that does not exist', await once({ ...at, host: 'no-such-service.invalid' }), /^(ENOTFOUND|EAI_AGAIN) getaddrinfo /);
await server.stop();
shows('after the database has stopped', await once(at), REFUSED);

// A server that accepts and does not answer yet, as one that is starting behind a proxy.
const silent = net.createServer(() => {}).listen(PORT, '127.0.0.1');
shows('accepted, without an answer', await once(at), /timeout expired|timeout/);
silent.close();
process.exit(0);
