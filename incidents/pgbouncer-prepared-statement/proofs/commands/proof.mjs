// The commands of the runbook, on PgBouncer: its mode, session mode until the code is mended, and a
// log before and after.
import { writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { connect, disconnect, moved, named, said } from '../shared/pool.mjs';

const admin = process.env.PGBOUNCER_URL.replace(/\/[^/?]*\?/, '/pgbouncer?');
const LOG = `${process.env.TMPDIR}/app.log`;
const values = { PGBOUNCER_ADMIN: admin, LOG };
const log = (...lines) => writeFileSync(LOG, `${lines.join('\n')}\n`);

shows('the mode', await runbook('diagnosis-1', values), /^pool_mode transaction(?: and max_prepared_statements 0)?; exit 0$/);
const client = await connect();
await client.query(named('find-user'));
const error = await moved(() => said(client.query(named('find-user'))));
await disconnect();
log('listening on 3000', `error: ${error}`);
shows('in the log', await runbook('verification-1', values), 'error: 26000 prepared statement "find-user" does not exist; exit 0');
shows('check', await runbook('check-no-unknown-statement', values), /find-user.*; exit 0$/);

shows('session mode', await runbook('mitigation-1', values), 'pool_mode session; exit 0');
const again = await connect();
shows('the first time', await said(again.query(named('find-user'))), '42');
shows('beside another client', await moved(() => said(again.query(named('find-user')))), '42');
shows('another client', await said((await connect()).query(named('find-user'))), '42');
await disconnect();
shows('transaction mode again', await runbook('mitigation-1-rollback', values), 'pool_mode transaction; exit 0');
log('listening on 3000');
shows('in the log of the fixed release', await runbook('verification-1', values), 'nothing; exit 1');
