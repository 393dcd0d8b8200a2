// Room for 17 connections besides those for superusers, and a release that uses 16: all is well,
// until the next release starts beside it. Then a superuser uses up the reserved ones as well.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';
import { release, runbook } from '../shared/release.mjs';

const server = await cluster(['max_connections = 20', 'superuser_reserved_connections = 3', 'max_wal_senders = 0']);
const admin = new pg.Client({ connectionString: server.url() });
await admin.connect();
await admin.query('CREATE ROLE app LOGIN');
const old = await release(server.url('app'), 2, 8, 'release-1');
shows('release 1, 2 instances x pool 8', `${old.errors.length} errors`, '0 errors');
const next = await release(server.url('app'), 2, 8, 'release-2');
shows('release 2 beside it', next.errors.find((error) => error.includes('remaining')), '53300 remaining connection slots are reserved for roles with the SUPERUSER attribute');
shows('release 2', `${next.errors.length} of 16 queries fail`, /^1[0-6] of 16 queries fail$/);
console.log(runbook('diagnosis-1.sh', { DATABASE_URL: server.url() }));
const more = await release(server.url(), 1, 4);
shows('superusers beyond the reserved ones', more.errors[0], '53300 sorry, too many clients already');
await more.end();

await old.end();
await next.end();
const alone = await release(server.url('app'), 2, 8, 'release-2');
shows('release 2 when release 1 has ended', `${alone.errors.length} errors`, '0 errors');
await alone.end();
await admin.end();
await server.stop();
