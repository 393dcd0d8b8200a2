// The commands of the runbook on a real server: the state of the snapshot, the reason in the log, the
// check off and on again, and a snapshot that succeeds.
import { said } from '../helpers/redis.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { broken } from '../shared/broken.mjs';

const { server, client, mend } = await broken();
const values = { REDIS_URL: server.url, LOG: server.log };
shows('the state', await runbook('diagnosis-1', values), /rdb_last_bgsave_status:err.*; exit 0$/);
shows('the reason', await runbook('diagnosis-2', values), /Error moving temp DB file.*; exit 0$/);
shows('a snapshot', await runbook('verification-1', values), 'err; exit 0');
shows('the check off', await runbook('mitigation-1', values), 'OK; exit 0');
shows('a write', await said(client.set('after', '1')), 'OK');
shows('is the check on', await runbook('verification-2', values), 'stop-writes-on-bgsave-error and no; exit 0');
shows('the check on', await runbook('mitigation-1-rollback', values), 'OK; exit 0');
shows('is the check on', await runbook('verification-2', values), 'stop-writes-on-bgsave-error and yes; exit 0');
shows('a write', await said(client.set('after', '2')), /^MISCONF /);
await mend();
shows('a snapshot when the disk is mended', await runbook('verification-1', values), 'ok; exit 0');
shows('check', await runbook('check-snapshot-succeeds', values), 'ok; exit 0');
shows('a write', await said(client.set('after', '3')), 'OK');
process.exit(0);
