// The popular advice, tried: everything removed, the cache too, and installed anew. The compiler is
// still left out, because the variable that leaves it out is still set.
import { rmSync } from 'node:fs';
import { shows } from '../helpers/runbook.mjs';
import { npm, shop } from '../shared/shop.mjs';

shop('shop');
const production = { NODE_ENV: 'production' };
const install = (...options) => shows('install', npm('shop', ['install', ...options], production).code, 'exit 0');
const build = () => npm('shop', ['run', 'build'], production);
install();
const first = build();
shows('in production', first.code, 'exit 127');
shows('the reason', /compile: .*not found/.test(first.text), 'true');
rmSync('shop/node_modules', { recursive: true, force: true });
rmSync('shop/package-lock.json');
shows('cache', npm('shop', ['cache', 'clean', '--force']).code, 'exit 0');
install();
shows('all removed and installed anew', build().code, 'exit 127');
install('--include=dev');
shows('with --include=dev', build().code, 'exit 0');
