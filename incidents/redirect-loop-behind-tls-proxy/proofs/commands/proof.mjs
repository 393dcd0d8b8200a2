// The commands of the runbook, on a site that loops, for each of its two reasons, and on one that does not.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { KNOWN, application, followed, front } from '../shared/site.mjs';

const SCHEME = 'proxy_set_header X-Forwarded-Proto $scheme;';
const plain = await application();
const trusting = await application({ trusts: true });
const ask = async (file, SITE_URL, app) => (await runbook(file, { ...KNOWN, SITE_URL, APP_URL: `${app.url}/`, SOURCE: 'src' })).replace(/:[0-9]{4,5}/g, ':PORT');
const loops = await front(plain.url, SCHEME);
const lacks = await front(trusting.url);
const works = await front(trusting.url, SCHEME);
shows('loops', await ask('diagnosis-1', loops, plain), '301 to https://localhost:PORT/ and it goes round; exit 1');
shows('works', await ask('diagnosis-1', works, trusting), '200; exit 0');
shows('the application does not trust', await ask('diagnosis-2', loops, plain), 'plain: 301 and as HTTPS: 301; exit 1');
shows('the proxy does not say', await ask('diagnosis-2', lacks, trusting), 'plain: 301 and as HTTPS: 200; exit 0');
for (const file of ['verification-1', 'check-site-does-not-loop']) {
  shows(`${file}, fault`, await ask(file, lacks, trusting), /exit 47$/);
  shows(`${file}, mended`, await ask(file, works, trusting), '200 after 0 redirects; exit 0');
}
shows('curl says', await followed(lacks), 'loops');
mkdirSync('src');
writeFileSync('src/app.js', "if (!req.secure) return res.redirect('https://' + req.headers.host + req.url);\n");
shows('check of the code, fault', await ask('check-https-redirect-trusts-the-proxy', works, plain), 'src has no trust proxy; exit 1');
writeFileSync('src/app.js', "app.set('trust proxy', 1);\nif (!req.secure) return res.redirect('https://' + req.headers.host + req.url);\n");
shows('check of the code, fixed', await ask('check-https-redirect-trusts-the-proxy', works, plain), 'nothing; exit 0');
process.exit(0);
