// The proxy asks the application without TLS, and the application sends everybody to HTTPS, where they are already.
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';
import { application, followed, front } from '../shared/site.mjs';

const SCHEME = 'proxy_set_header X-Forwarded-Proto $scheme;';
const plain = await application();
const trusting = await application({ trusts: true });
shows('no header, no trust', await followed(await front(plain.url)), 'loops');
shows('the application was asked', `${plain.asked} times`, '11 times');
shows('the header, no trust', await followed(await front(plain.url, SCHEME)), 'loops');
shows('no header, trust', await followed(await front(trusting.url)), 'loops');
shows('the header, and trust', await followed(await front(trusting.url, SCHEME)), '200');

// Two proxies: the first ends TLS and asks the second at its plain port, which sends everybody to HTTPS.
const second = await nginx('return 301 https://$http_host$request_uri;');
shows('a second proxy that redirects at its plain port', await followed(await front(second.url)), 'loops');
const mended = await nginx(`if ($http_x_forwarded_proto != https) { return 301 https://$http_host$request_uri; } location / { return 200; }`);
shows('the same, which looks at the header', await followed(await front(mended.url, SCHEME)), '200');
process.exit(0);
