// Servers that accept only encrypted connections, each with a certificate of an authority of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';

/** Make an authority and a certificate for 127.0.0.1; return their texts. */
export function certificates() {
  const home = mkdtempSync(`${process.env.TMPDIR}/tls-`);
  const openssl = (...words) => execFileSync('openssl', words, { cwd: home, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Database authority', '-days', '2');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1');
  writeFileSync(`${home}/names`, 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.crt', '-days', '2', '-extfile', 'names');
  const text = (name) => readFileSync(`${home}/${name}`, 'utf8');
  return { ca: text('ca.crt'), files: { 'server.crt': text('server.crt') + text('ca.crt'), 'server.key': text('server.key') } };
}

export const SETTINGS = (port) => ["listen_addresses = '127.0.0.1'", `port = ${port}`, 'ssl = on', 'log_connections = on'];
export const ENCRYPTED_ONLY = ['local all postgres trust', 'hostssl all app 127.0.0.1/32 password'];

/** Log in as the application; return how it ended. */
export async function login(port, options) {
  const base = { host: '127.0.0.1', port, user: 'app', password: 'secret of the application', database: 'postgres' };
  const client = new pg.Client(options.connectionString ? options : { ...base, ...options });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows: [{ ssl }] } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return `connected, encrypted: ${ssl}`;
  } catch (error) {
    return `${error.code} ${error.message}`;
  } finally {
    await client.end().catch(() => {});
  }
}
