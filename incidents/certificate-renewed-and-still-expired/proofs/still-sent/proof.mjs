// The file was renewed, and the server sends what it read when it started. And a chain that is as old as its oldest part.
import { readFileSync } from 'node:fs';
import { nginx } from '../helpers/nginx.mjs';
import { freePort } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { asked, file, install, server } from '../shared/certificates.mjs';

install('old');
const node = await server();
const port = await freePort();
const front = await nginx('', `server { listen 127.0.0.1:${port} ssl; ssl_certificate ${file('live.crt')}; ssl_certificate_key ${file('live.key')}; return 200; }`);
shows('Node.js, before', await asked(node.port), 'CERT_HAS_EXPIRED');
shows('nginx, before', await asked(port), 'CERT_HAS_EXPIRED');
install('new');
shows('Node.js, the file is renewed', await asked(node.port), 'CERT_HAS_EXPIRED');
shows('nginx, the file is renewed', await asked(port), 'CERT_HAS_EXPIRED');
node.read();
shows('Node.js has read it again', await asked(node.port), '200');
process.kill(Number(readFileSync(`${front.home}/pid`, 'utf8')), 'SIGHUP');
let status;
for (const limit = Date.now() + 20000; (status = await asked(port)) !== '200' && Date.now() < limit;);
shows('nginx has reloaded', status, '200');

install('below', ['between']);
shows('a new certificate with an old issuer beside it', await asked((await server()).port), 'CERT_HAS_EXPIRED');
process.exit(0);
