// Authorities and certificates of the proof's own, made with openssl, and HTTPS servers that use them.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';

const HOME = `${process.env.TMPDIR}/certificates`;
const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1\n';
const AUTHORITY = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const openssl = (...words) => execFileSync('openssl', words, { cwd: HOME, stdio: 'pipe' });

/** Return the path of a file with certificates. */
export const file = (name) => `${HOME}/${name}`;
const text = (...names) => names.map((name) => readFileSync(file(`${name}.crt`), 'utf8')).join('');

function signed(name, subject, by, extensions) {
  writeFileSync(file(`${name}.ext`), extensions);
  openssl('req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`);
  openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.crt`, '-CAkey', `${by}.key`, '-CAcreateserial', '-out', `${name}.crt`, '-days', '2', '-extfile', `${name}.ext`);
}
const root = (name, subject) => openssl('req', '-x509', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${subject}`, '-days', '2');

mkdirSync(HOME, { recursive: true });
root('root', 'Company root');
signed('between', 'Company issuing', 'root', AUTHORITY);
signed('server', 'localhost', 'between', NAMES);
root('other', 'Company root');
signed('impostor', 'localhost', 'other', NAMES);
openssl('req', '-x509', ...KEY, '-keyout', 'alone.key', '-out', 'alone.crt', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2');

/** Start a server that sends these certificates; return its address and the secrets that it was told. */
export async function server(...names) {
  const secrets = [];
  const running = https.createServer({ key: readFileSync(file(`${names[0]}.key`)), cert: text(...names) }, (request, response) => {
    if (request.headers.authorization) secrets.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(running, 'listening');
  return { port: String(running.address().port), url: `https://localhost:${running.address().port}/`, secrets };
}

const run = (command, words, env) => new Promise((resolve) => {
  execFile(command, words, { env: { PATH: process.env.PATH, HOME, ...env } }, (error, stdout, stderr) => resolve({ exit: error?.code ?? 0, stdout, stderr }));
});

/** Ask a URL with `fetch` in a Node.js of its own; return the status or the code of the error. */
export async function fetched(url, env = {}, options = [], before = '') {
  const { stdout, stderr } = await run('node', [...options, '-e', `${before};
    fetch(${JSON.stringify(url)}, { headers: { authorization: 'Bearer of-this-proof' } })
      .then((answer) => console.log(answer.status), (error) => console.log(error.cause.code))`], env);
  const warning = /Warning: Ignoring extra certs/.test(stderr) ? ', with a warning' : '';
  return `${stdout.trim()}${warning}`;
}

/** Ask a URL with curl; return the status, or its exit code. */
export async function curled(url, env = {}) {
  const { exit, stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', url], env);
  return exit ? `exit ${exit}` : stdout;
}

/** Ask a registry with npm, which has a token for it; return `answered`, or the code of the error. */
export async function npm(one, env = {}, options = []) {
  writeFileSync(file('.npmrc'), `//localhost:${one.port}/:_authToken=of-this-proof\nfetch-retries=0\nupdate-notifier=false\n`);
  const { exit, stderr } = await run('npm', ['ping', `--registry=${one.url}`, `--globalconfig=${file('none')}`, ...options], env);
  return exit ? stderr.match(/code ([A-Z_]+)/)?.[1] ?? stderr : 'answered';
}
