// The popular advice, tried: rejectUnauthorized: false. Another server with a certificate of its own
// answers in place of the real one and asks for the password in clear text. With the advice the
// application gives it to the impostor; with the authority's certificate it refuses to.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { certificates, ENCRYPTED_ONLY, login, SETTINGS } from '../shared/tls.mjs';

const PORT = 5498;
const real = certificates();
const server = await cluster(SETTINGS(PORT), { hba: ENCRYPTED_ONLY, files: certificates().files }); // the impostor's own
const admin = new pg.Client({ host: server.host, port: PORT, user: 'postgres', database: 'postgres' });
await admin.connect();
await admin.query("CREATE ROLE app LOGIN PASSWORD 'secret of the application'");
await admin.end();
shows('impostor, rejectUnauthorized: false', await login(PORT, { ssl: { rejectUnauthorized: false } }), 'connected, encrypted: true');
shows('impostor, ssl: { ca }', await login(PORT, { ssl: { ca: real.ca } }), /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE) /);
await server.stop();
process.exit(0);
