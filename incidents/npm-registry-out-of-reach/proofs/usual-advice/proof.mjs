// What is advised: unset npm's proxy, clean the cache. The variable of the environment counts all the same.
import { npm, oldProxy, registry } from '../shared/registry.mjs';
import { shows } from '../helpers/runbook.mjs';

const one = await registry();
const ping = ['ping', `--registry=${one.url}`];
const gone = { HTTP_PROXY: await oldProxy() };
const code = async (...call) => (await npm(...call)).split(',')[0];
shows('before', await code(ping, gone), 'ECONNREFUSED');
shows('proxy=null and https-proxy=null in .npmrc', await code(ping, gone, ['proxy=null', 'https-proxy=null']), 'ECONNREFUSED');
shows('cache clean --force', await code(['cache', 'clean', '--force'], gone), 'answered');
shows('after the cache was cleaned', await code(ping, gone), 'ECONNREFUSED');
shows('requests that the registry has seen', one.answered, '0');
shows('asked directly, the registry', (await fetch(`${one.url}-/ping`)).status, '200');
shows('without the variable', await code(ping), 'answered');
process.exit(0);
