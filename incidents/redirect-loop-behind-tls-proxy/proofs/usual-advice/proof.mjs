// What is advised: delete cookies; another status; another browser.
import { shows } from '../helpers/runbook.mjs';
import { application, followed, front } from '../shared/site.mjs';

const app = await application();
const url = await front(app.url);
shows('without any cookie, and nothing kept', await followed(url), 'loops');
shows('as another browser', await followed(url, '-A', 'Mozilla/5.0', '-H', 'Cache-Control: no-cache', '-H', 'Cookie: sid=1'), 'loops');
shows('asked as if it were HTTPS, the application without trust', await followed(`${app.url}/`, '-H', 'X-Forwarded-Proto: https', '--max-redirs', '0'), 'loops');
const trusting = await application({ trusts: true });
shows('the same with trust', await followed(`${trusting.url}/`, '-H', 'X-Forwarded-Proto: https', '--max-redirs', '0'), '200');
process.exit(0);
