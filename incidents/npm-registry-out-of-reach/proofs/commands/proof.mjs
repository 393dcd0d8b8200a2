// The commands of the runbook, with and without a proxy that is gone.
import { writeFileSync } from 'node:fs';
import { HOME, oldProxy, registry } from '../shared/registry.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const one = await registry();
writeFileSync(`${HOME}/.npmrc`, 'fetch-retries=0\nupdate-notifier=false\n');
const quiet = { HOME, npm_config_globalconfig: `${HOME}/none` };
const values = { ...quiet, REGISTRY: one.url, LOCK_FILE: 'package-lock.json' };
const gone = { ...values, HTTPS_PROXY: (await oldProxy()).replace('//', '//me:secret@') };
const port = (text) => text.replace(/:[0-9]{4,5}/g, ':PORT');
shows('settings', port(await runbook('diagnosis-1', gone)), /HTTPS_PROXY=http:\/\/\.\.\.@127\.0\.0\.1:PORT.*registry = .*; exit 0$/);
shows('no proxy', await runbook('diagnosis-2', values), 'directly: 200 (curl 0) and no proxy; exit 0');
shows('a proxy that is gone', await runbook('diagnosis-2', gone), 'directly: 200 (curl 0) and through the proxy: 000 (curl 7); exit 0');
shows('verification, fault', await runbook('verification-1', gone), /exit 1$/);
shows('verification', await runbook('verification-1', values), /PONG.*; exit 0$/);
const lock = (...hosts) => writeFileSync('package-lock.json', JSON.stringify({ packages: Object.fromEntries(['', ...hosts].map((host, at) => [`node_modules/${at}`, host ? { resolved: `https://${host}/a/-/a-1.0.0.tgz` } : {}])) }));
lock('registry.npmjs.org', 'npm.company.internal');
shows('check, fault', await runbook('check-lock-file-names-known-hosts', { ...values, HOSTS: 'registry.npmjs.org registry.yarnpkg.com' }), 'npm.company.internal: 1; exit 1');
lock('registry.npmjs.org');
shows('check, fixed', await runbook('check-lock-file-names-known-hosts', { ...values, HOSTS: 'registry.npmjs.org registry.yarnpkg.com' }), 'nothing; exit 0');
process.exit(0);
