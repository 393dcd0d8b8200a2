// The commands of the runbook, on servers that send what is in the file, and what was.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { KNOWN, file, install, server } from '../shared/certificates.mjs';

const ask = async (what, { port }) => (await runbook(what, { ...KNOWN, HOST: 'localhost', PORT: String(port), CERT_FILE: file('live.crt'), DAYS: '14', SOURCE: 'deploy' })).replace(/[0-9]+ days/g, 'N days');
install('old');
const node = await server();
install('new');
shows('renewed, not read', await ask('diagnosis-1', node), 'localhost, by Proof root: expired N days ago and Proof root, by Proof root: N days left and CERT_HAS_EXPIRED and the file is another one: N days left; exit 1');
for (const what of ['verification-1', 'check-sent-certificate-is-fresh']) {
  shows(`${what}, fault`, await ask(what, node), /Certificate will expire; exit 1$/);
}
node.read();
shows('read again', await ask('diagnosis-1', node), 'localhost, by Proof root: N days left and Proof root, by Proof root: N days left and trusted and the file is the same; exit 0');
for (const what of ['verification-1', 'check-sent-certificate-is-fresh']) {
  shows(`${what}, mended`, await ask(what, node), /Certificate will not expire; exit 0$/);
}
install('below', ['between']);
shows('an old issuer', await ask('diagnosis-1', await server()), /^localhost, by Proof issuing: N days left and Proof issuing, by Proof root: expired N days ago and .*CERT_HAS_EXPIRED and the file is the same; exit 1$/);
mkdirSync('deploy');
writeFileSync('deploy/crontab', '0 3 * * * certbot renew --quiet\n');
shows('check of the renewal, fault', await ask('check-renewal-reloads', node), 'deploy/crontab:1:0 3 * * * certbot renew --quiet; exit 0');
writeFileSync('deploy/crontab', "0 3 * * * certbot renew --quiet --deploy-hook 'nginx -s reload'\n");
shows('check of the renewal, fixed', await ask('check-renewal-reloads', node), 'nothing; exit 1');
process.exit(0);
