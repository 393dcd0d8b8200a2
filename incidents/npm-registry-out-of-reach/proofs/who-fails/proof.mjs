// Whom npm asks, and whom its error names: a proxy that is gone, one that wants a password, and a registry that resets.
import { npm, oldProxy, proxy, registry } from '../shared/registry.mjs';
import { shows } from '../helpers/runbook.mjs';

const one = await registry();
const ping = [`ping`, `--registry=${one.url}`];
shows('no proxy', await npm(ping), 'answered');
const gone = await oldProxy();
shows('HTTPS_PROXY is gone', await npm(ping, { HTTPS_PROXY: gone }), `ECONNREFUSED, request to ${one.url}-/ping, connect ECONNREFUSED ${gone.slice(7)}`);
shows('the same, and the registry in NO_PROXY', await npm(ping, { HTTPS_PROXY: gone, NO_PROXY: '127.0.0.1' }), 'answered');
shows('the proxy wants a password', await npm(ping, { HTTPS_PROXY: await proxy() }), 'E407');
shows('requests that the registry has seen', one.answered, '2');
const retries = ['--fetch-retry-mintimeout=10', '--fetch-retry-maxtimeout=20'];
for (const [resets, tries, expected] of [[2, 0, /^ECONNRESET/], [2, 2, /^answered$/], [9, 2, /^ECONNRESET/]]) {
  const { url } = await registry(resets);
  shows(`${resets} resets, ${tries} tries more`, (await npm(['ping', `--registry=${url}`, `--fetch-retries=${tries}`, ...retries])).split(',')[0], expected);
}
process.exit(0);
