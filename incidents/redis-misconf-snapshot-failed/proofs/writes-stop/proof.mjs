// When a snapshot fails, Redis refuses writes and goes on reading. As soon as one succeeds, it writes
// again, without a restart.
import { said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';
import { broken } from '../shared/broken.mjs';

const { client, status, mend } = await broken();
shows('status of the snapshot', await status(), 'err');
shows('a write', await said(client.set('after', '1')), /^MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk\. /);
shows('a write in a script', await said(client.eval("return redis.call('SET', 'after', '1')", 0)), /^MISCONF /);
shows('a read', await said(client.get('before')), '1');
await mend();
shows('status when the disk is mended', await status(), 'ok');
shows('a write', await said(client.set('after', '1')), 'OK');
process.exit(0);
