// The popular advice, tried: more servers in the group, and a resolver. Each name has to be found.
import { freePort } from '../helpers/ports.mjs';
import { shows } from '../helpers/runbook.mjs';
import { application, proxy } from '../shared/sites.mjs';

const [port, api] = [await freePort(), await application('shop')];
const tested = (...servers) => proxy({
  shop: `upstream app { ${servers.map((one) => `server ${one};`).join(' ')} }
    server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; } }`,
}).test();
const FAULT = 'host not found in upstream "api.invalid:3000"';
shows('a second server that is there', tested('api.invalid:3000', `127.0.0.1:${api}`), FAULT);
shows('a backup that is there', tested('api.invalid:3000', `127.0.0.1:${api} backup`), FAULT);
shows('the unknown one is the backup', tested(`127.0.0.1:${api}`, 'api.invalid:3000 backup'), FAULT);
shows('the unknown one is down', tested(`127.0.0.1:${api}`, 'api.invalid:3000 down'), FAULT);
shows('max_fails=0', tested(`127.0.0.1:${api}`, 'api.invalid:3000 max_fails=0'), FAULT);
shows('only the one that is there', tested(`127.0.0.1:${api}`), 'test is successful');
const alone = proxy({ shop: `server { listen 127.0.0.1:${port}; resolver 127.0.0.1; location / { proxy_pass http://api.invalid:3000; } }` });
shows('a resolver alone', alone.test(), 'host not found in upstream "api.invalid"');
process.exit(0);
