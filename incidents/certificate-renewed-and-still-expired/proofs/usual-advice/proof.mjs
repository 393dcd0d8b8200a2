// What is believed: it was renewed, so the client is at fault. And: the server has a good certificate, so it is sent.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { nginx } from '../helpers/nginx.mjs';
import { freePort } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { KNOWN, asked, file, install, server } from '../shared/certificates.mjs';

install('old');
const node = await server();
install('new');
shows('the file on the disk is valid', Date.parse(new X509Certificate(readFileSync(file('live.crt'))).validTo) > Date.now(), 'true');
for (const time of ['once', 'once more']) shows(`a client that was started just now, ${time}`, await asked(node.port), 'CERT_HAS_EXPIRED');
shows('a client that knows this very certificate', await asked(node.port, 'localhost', { NODE_EXTRA_CA_CERTS: file('new.crt') }), 'CERT_HAS_EXPIRED');

// Two sites on one address: who asks by another name gets the first one.
const port = await freePort();
const site = (name, certificate) => `server { listen 127.0.0.1:${port} ssl; server_name ${name}; ssl_certificate ${file(`${certificate}.crt`)}; ssl_certificate_key ${file(`${certificate}.key`)}; return 200; }`;
await nginx('', `${site('first.example', 'old')} ${site('localhost', 'new')}`);
shows('two sites: asked by the name of the good one', await asked(port, 'localhost', KNOWN), '200');
shows('two sites: asked by another name', await asked(port, 'internal.example', KNOWN), 'CERT_HAS_EXPIRED');
process.exit(0);
