// The commands of the runbook: what the variable holds, without printing it, and what the role is.
import pg from 'pg';
import { PORT, server } from '../shared/login.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const { stop, admin, host } = await server('secret');
const DATABASE_URL = `postgres://postgres@/postgres?host=${encodeURIComponent(host)}&port=${PORT}`;
for (const [label, value, expected] of [
  ['plain', 'secret', '6 characters; exit 0'],
  ['line end', 'secret\n', '7 characters, white space at an end; exit 1'],
  ['quotes', '"secret"', '8 characters, quotes around it; exit 1'],
  ['not set', undefined, 'not set; exit 1'],
]) {
  const values = { VARIABLE: 'DB_PASSWORD', DB_PASSWORD: value };
  if (value === undefined) delete values.DB_PASSWORD;
  shows(`variable, ${label}`, await runbook('diagnosis-1', values), expected);
}
shows('role', await runbook('diagnosis-2', { DATABASE_URL, APP_ROLE: 'app' }), 'app: can log in, has a password, valid for ever; exit 0');
shows('no such role', await runbook('diagnosis-2', { DATABASE_URL, APP_ROLE: 'ap' }), 'ap: does not exist; exit 0');
await admin.query("CREATE ROLE old NOLOGIN PASSWORD 'x' VALID UNTIL '2020-01-01'");
shows('old role', await runbook('diagnosis-2', { DATABASE_URL, APP_ROLE: 'old' }), /^old: cannot log in, has a password, valid until 2020-01-01 00:00:00\+00; exit 0$/);
shows('check, login', await runbook('check-role-can-log-in', { PGHOST: '127.0.0.1', PGPORT: String(PORT), PGUSER: 'app', PGPASSWORD: 'secret', PGDATABASE: 'postgres' }), '1; exit 0');
shows('check, line end', await runbook('check-role-can-log-in', { PGHOST: '127.0.0.1', PGPORT: String(PORT), PGUSER: 'app', PGPASSWORD: 'secret\n', PGDATABASE: 'postgres' }), 'nothing; exit 2');
await admin.end();
await stop();
