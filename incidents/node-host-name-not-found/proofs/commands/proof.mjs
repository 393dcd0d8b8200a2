// The commands of the runbook, on settings that name a host and on those that do not.
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

const asks = (TARGET) => runbook('diagnosis-1', { VARIABLE: 'TARGET', ...(TARGET !== undefined && { TARGET }) });
for (const [what, text, expected] of [
  ['right', 'postgres://app:secret@localhost:5432/shop', '"localhost": 127.0.0.1; exit 0'],
  ['not set', undefined, 'TARGET is not set; exit 1'],
  ['a line end', 'localhost\r\n', '"localhost\\r\\n" has white space: ENOTFOUND; exit 1'],
  ['quotes', '"postgres://app:secret@localhost/shop"', 'TARGET has quotes; exit 1'],
  ['a port', 'localhost:5432', '"localhost:5432" has a port or a path: ENOTFOUND; exit 1'],
  ['no URL', 'postgres//app:secret@localhost/shop', 'TARGET is no URL, and no host name; exit 1'],
  ['not filled in', '${DATABASE_URL}', 'TARGET is no URL, and no host name; exit 1'],
]) shows(what, await asks(text), expected);
shows('another network', await asks('redis://default:secret@redis.of-another-network:6379'), /^"redis\.of-another-network": (EAI_AGAIN|ENOTFOUND), asked: .*; exit 1$/);
const answers = async (HOST) => runbook('verification-1', { HOST });
shows('verification', await answers('localhost'), 'localhost: 127.0.0.1; exit 0');
shows('verification, fault', await answers('redis.of-another-network'), /^redis\.of-another-network: (EAI_AGAIN|ENOTFOUND); exit 1$/);

mkdirSync('config');
const check = () => runbook('check-settings-name-hosts', { ENV_FILE: 'config/production.env' });
writeFileSync('config/production.env', 'PORT=3000\nREDIS_HOST=redis://redis\nDB_HOST="db "\nPGHOST=db:5432\n');
shows('check, fault', await check(), '2:REDIS_HOST=redis://redis and 3:DB_HOST="db " and 4:PGHOST=db:5432; exit 0');
writeFileSync('config/production.env', 'PORT=3000\nREDIS_HOST=redis\nDB_HOST="db"\nPGHOST=db.internal\n');
shows('check, fixed', await check(), 'nothing; exit 1');
process.exit(0);
