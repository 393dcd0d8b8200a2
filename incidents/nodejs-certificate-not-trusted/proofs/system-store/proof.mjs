// What is believed: the certificate is installed on the system, and curl is content, so Node.js knows it, too.
import { curled, fetched, file, server } from '../shared/authority.mjs';
import { shows } from '../helpers/runbook.mjs';

const { url } = await server('server', 'between');
const system = { SSL_CERT_FILE: file('root.crt') }; // the store of the system, for programs that use it
shows('curl, before', await curled(url), 'exit 60');
shows('curl, in the store of the system', await curled(url, system), '200');
shows('Node.js, in the store of the system', await fetched(url, system), 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
shows('Node.js with --use-openssl-ca', await fetched(url, system, ['--use-openssl-ca']), '200');
process.exit(0);
