// A server that accepts only encrypted connections, as managed ones do, and each way to log in.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { certificates, ENCRYPTED_ONLY, login, SETTINGS } from '../shared/tls.mjs';

const PORT = 5499;
const { ca, files } = certificates();
const server = await cluster(SETTINGS(PORT), { hba: ENCRYPTED_ONLY, files });
const admin = new pg.Client({ host: server.host, port: PORT, user: 'postgres', database: 'postgres' });
await admin.connect();
await admin.query("CREATE ROLE app LOGIN PASSWORD 'secret of the application'");
await admin.end();

const NO_ENTRY = '28000 no pg_hba.conf entry for host "127.0.0.1", user "app", database "postgres", no encryption';
const SELF_SIGNED = /^SELF_SIGNED_CERT_IN_CHAIN self-signed certificate in certificate chain$/;
shows('without ssl', await login(PORT, {}), NO_ENTRY);
shows('without ssl, another password', await login(PORT, { password: 'other' }), NO_ENTRY);
shows('ssl: true', await login(PORT, { ssl: true }), SELF_SIGNED);
shows('ssl: { ca }', await login(PORT, { ssl: { ca } }), 'connected, encrypted: true');
const url = `postgres://app:${encodeURIComponent('secret of the application')}@127.0.0.1:${PORT}/postgres`;
process.removeAllListeners('warning');
shows('ssl: { ca }, and a URL with sslmode=require', await login(PORT, { connectionString: `${url}?sslmode=require`, ssl: { ca } }), SELF_SIGNED);
shows('ssl: { ca }, and the URL without sslmode', await login(PORT, { connectionString: url, ssl: { ca } }), 'connected, encrypted: true');
await server.stop();
process.exit(0);
