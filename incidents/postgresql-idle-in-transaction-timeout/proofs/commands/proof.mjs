// The commands of the runbook, on a server of its own with its log: where the limit comes from, who
// waits in a transaction, a longer limit for one role, and the search in the log.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const server = await cluster(['idle_in_transaction_session_timeout = 200', "log_line_prefix = '%t [%p] %u@%d '"]);
const values = { DATABASE_URL: server.url(), LOG: `${server.host}/log`, ROLE: 'app', LONGER: '5min', SECONDS_OLD: '0' };
const connect = async (user) => {
  const client = new pg.Client({ connectionString: server.url(user) });
  client.on('error', () => {});
  await client.connect();
  return client;
};
const admin = await connect('postgres');
await admin.query('CREATE ROLE app LOGIN');
shows('in the log before', await runbook('diagnosis-1', values), 'nothing; exit 1');
shows('the limit', await runbook('diagnosis-2', { ...values, DATABASE_URL: server.url('app') }), '200 ms from configuration file; exit 0');
const slow = await connect('app');
await slow.query('BEGIN');
await slow.query("SELECT 'the last query'");
shows('who waits', await runbook('verification-1', values), /^\d+\|app\|[\d.:]+\|SELECT 'the last query'; exit 0$/);
await pause(500);
shows('in the log', await runbook('diagnosis-1', values), /app@postgres FATAL:  terminating connection due to idle-in-transaction timeout; exit 0$/);
shows('check', await runbook('check-no-session-ended-in-transaction', values), /idle-in-transaction timeout; exit 0$/);
shows('who waits after that', await runbook('verification-1', values), 'nothing; exit 0');

shows('a longer limit', await runbook('mitigation-1', values), '5min; exit 0');
const patient = await connect('app');
await patient.query('BEGIN');
await pause(500);
shows('the same wait', (await patient.query('COMMIT')).command, 'COMMIT');
shows('the limit of the role taken back', await runbook('mitigation-1-rollback', values), 'ALTER ROLE; exit 0');
shows('the limit', await runbook('diagnosis-2', { ...values, DATABASE_URL: server.url('app') }), '200 ms from configuration file; exit 0');
await server.stop();
process.exit(0);
