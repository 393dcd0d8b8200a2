// The commands of the runbook, on addresses of each kind.
import { writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

delete process.env.DATABASE_URL;
const look = (APP_URL) => runbook('diagnosis-1', { VARIABLE: 'APP_URL', ...(APP_URL === undefined ? {} : { APP_URL }) });
shows('not there', await look(), 'cause: APP_URL is not in this environment; exit 0');
shows('empty', await look(''), 'cause: APP_URL is empty; exit 0');
shows('quotes', await look('"postgres://app:secret@db/shop"'), 'cause: quotes or white space are part of the value; exit 0');
shows('line end', await look('postgres://app:secret@db/shop\n'), 'cause: quotes or white space are part of the value; exit 0');
shows('no scheme', await look('app:secret@db/shop'), 'cause: it does not begin with postgres://; exit 0');
shows('slash', await look('postgres://app:pa/ss@db/shop'), 'cause: the password has /, which must be written %2F; exit 0');
shows('hash', await look('postgres://app:pa#ss@db/shop'), 'cause: the password has #, which must be written %23; exit 0');
shows('percent', await look('postgres://app:pa%ss@db/shop'), 'cause: the password has %, which must be written %25; exit 0');
shows('a port that is none', await look('postgres://app:secret@db:port/shop'), /^cause: no URL; /);
shows('read', await look('postgresql://app:pa%2Fss@db:5433/shop?sslmode=require'), 'read: host db, port 5433, database shop, user app, password of 5 characters; exit 0');
shows('verification', await runbook('verification-1', { VARIABLE: 'APP_URL', APP_URL: 'postgres://app:pa%2Fss@db/shop' }), 'read: host db, database shop, password of 5 characters; exit 0');

const check = (line) => { writeFileSync('.env', `NAME=shop\n${line}\n`); return runbook('check-env-file-has-a-plain-url', { ENV_FILE: '.env' }); };
shows('check, quotes', await check('DATABASE_URL="postgres://app:secret@db/shop"'), '2:DATABASE_URL="postgres://...@db/shop"; exit 0');
shows('check, a character', await check('DATABASE_URL=postgres://app:pa#ss@db/shop'), '2:DATABASE_URL=postgres://...@db/shop; exit 0');
shows('check, fixed', await check('DATABASE_URL=postgres://app:pa%23ss@db/shop'), 'nothing; exit 1');
shows('check, an address without a password', await check('API_URL=https://api.example.com/v1?a=b'), 'nothing; exit 1');
