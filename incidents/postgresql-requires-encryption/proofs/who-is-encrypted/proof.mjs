// The commands of the runbook: which entry of pg_hba.conf is in the way, whether sessions are
// encrypted, and which settings of the application turn the check of certificates off.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { certificates, ENCRYPTED_ONLY, SETTINGS } from '../shared/tls.mjs';

const PORT = 5497;
const { ca, files } = certificates();
const server = await cluster(SETTINGS(PORT), { hba: ENCRYPTED_ONLY, files });
const admin = new pg.Client({ host: server.host, port: PORT, user: 'postgres', database: 'postgres' });
await admin.connect();
await admin.query("CREATE ROLE app LOGIN PASSWORD 'secret of the application'");
const run = (file, values) => {
  try {
    return `${execFileSync('bash', [`../../commands/${file}`], { encoding: 'utf8', env: { ...process.env, ...values } }).trim().split('\n').join(' and ')}; exit 0`;
  } catch (error) {
    return `${error.stdout.trim().split('\n').join(' and ')}; exit ${error.status}`;
  }
};
const DATABASE_URL = `postgres://postgres@/postgres?host=${encodeURIComponent(server.host)}&port=${PORT}`;
shows('entries', run('diagnosis-2.sh', { DATABASE_URL }), 'local|{all}|{postgres}| |trust and hostssl|{all}|{app}|127.0.0.1 255.255.255.255|password; exit 0');
shows('no session', run('verification-1.sh', { DATABASE_URL }), 'no session; exit 0');
const client = new pg.Client({ host: '127.0.0.1', port: PORT, user: 'app', password: 'secret of the application', database: 'postgres', ssl: { ca } });
await client.connect();
shows('sessions', run('verification-1.sh', { DATABASE_URL }), 'all are encrypted and app|127.0.0.1|t|TLSv1.3; exit 0');
appendFileSync(`${server.host}/pg_hba.conf`, 'host all app 127.0.0.1/32 trust\n');
await admin.query('SELECT pg_reload_conf()');
let plain;
for (let tries = 0; plain === undefined && tries < 500; tries += 1) { // until the server has read its file again
  const one = new pg.Client({ host: '127.0.0.1', port: PORT, user: 'app', database: 'postgres' });
  plain = await one.connect().then(() => one, () => new Promise((resolve) => { setTimeout(resolve, 10); }));
}
shows('one of two sessions', run('verification-1.sh', { DATABASE_URL }), /^not all are encrypted and .*app\|127.0.0.1\|f\|/);
await plain.end();
await client.end();
await admin.end();
await server.stop();

mkdirSync('fault');
writeFileSync('fault/db.js', 'new Pool({ ssl: { rejectUnauthorized: false } });\n');
writeFileSync('fault/.env', 'NODE_TLS_REJECT_UNAUTHORIZED=0\nDATABASE_URL=postgres://db/shop?sslmode=no-verify\n');
mkdirSync('fixed');
writeFileSync('fixed/db.js', "new Pool({ ssl: { ca: readFileSync('ca.pem', 'utf8') } });\n");
for (const BACKEND of ['fault', 'fixed']) {
  const said = run('check-certificates-are-checked.sh', { BACKEND });
  shows(BACKEND, `lines ${(said.match(/:\d+:/g) ?? []).length}; ${said.split('; ').at(-1)}`, BACKEND === 'fault' ? 'lines 3; exit 0' : 'lines 0; exit 1');
}
