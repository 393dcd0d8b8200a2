// Certificates of the proof's own, some of them long expired, and HTTPS servers that use them.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';

const HOME = `${process.env.TMPDIR}/certificates`;
const NAMES = 'subjectAltName=DNS:localhost\n';
const AUTHORITY = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const openssl = (...words) => execFileSync('openssl', words, { cwd: HOME, stdio: 'pipe' });
const NOW = new Date(Date.now() - 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14);

/** Return the path of a file. */
export const file = (name) => `${HOME}/${name}`;

/** Make a certificate that is signed by another, valid from one moment to another, as openssl writes them. */
function signed(name, subject, by, extensions, from = `${NOW}Z`, until = '20990101000000Z') {
  writeFileSync(file(`${name}.ext`), extensions);
  writeFileSync(file('ca.cnf'), `
[ca]
default_ca = own
[own]
database = ${by}.index
new_certs_dir = .
rand_serial = yes
unique_subject = no
private_key = ${by}.key
certificate = ${by}.crt
default_md = sha256
policy = any
[any]
commonName = supplied
`);
  writeFileSync(file(`${by}.index`), '');
  openssl('req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`);
  openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`, '-startdate', from, '-enddate', until);
}

mkdirSync(HOME, { recursive: true });
openssl('req', '-x509', ...KEY, '-keyout', 'root.key', '-out', 'root.crt', '-subj', '/CN=Proof root', '-days', '2');
const PAST = ['20200101000000Z', '20200401000000Z'];
signed('old', 'localhost', 'root', NAMES, ...PAST);
signed('new', 'localhost', 'root', NAMES);
signed('between', 'Proof issuing', 'root', AUTHORITY, ...PAST);
signed('below', 'localhost', 'between', NAMES);
export const KNOWN = { NODE_EXTRA_CA_CERTS: file('root.crt') };

/** Put a certificate in the place from which servers take theirs. */
export function install(name, chain = []) {
  copyFileSync(file(`${name}.key`), file('live.key'));
  writeFileSync(file('live.crt'), [name, ...chain].map((one) => readFileSync(file(`${one}.crt`), 'utf8')).join(''));
}
const live = () => ({ key: readFileSync(file('live.key')), cert: readFileSync(file('live.crt')) });

/** Start a server that reads the certificate in place; return its port, and how it reads it again. */
export async function server() {
  const running = https.createServer(live(), (request, response) => response.end('done')).listen(0, '127.0.0.1');
  await once(running, 'listening');
  return { port: running.address().port, read: () => running.setSecureContext(live()) };
}

/** Ask a port in a process of its own, by a name; return the status or the code of the error. */
export const asked = (port, name = 'localhost', env = KNOWN) => new Promise((resolve) => {
  const script = `require('https').get({ host: '127.0.0.1', port: ${port}, servername: ${JSON.stringify(name)}, headers: { host: ${JSON.stringify(name)} }, agent: false },
    (answer) => { console.log(answer.statusCode); answer.resume(); }).on('error', (error) => console.log(error.code))`;
  execFile('node', ['-e', script], { env: { PATH: process.env.PATH, ...env } }, (error, stdout) => resolve(stdout.trim()));
});
