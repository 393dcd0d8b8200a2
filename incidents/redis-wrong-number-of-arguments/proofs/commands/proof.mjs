// The commands of the runbook, on a server that has refused some calls.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, redis, said } from '../helpers/redis.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

writeFileSync('off.conf', 'rename-command FLUSHALL ""\n'); // as providers turn a command off
const server = await redis({ include: `${process.cwd()}/off.conf` });
const client = connect(server);
await client.del('a');
await said(client.del());
await said(client.del());
const values = { REDIS_URL: server.url };
const known = (COMMAND) => runbook('diagnosis-1', { ...values, COMMAND });
shows('what it knows', await known('del'), /^redis_version:[\d.]+ and del: at least 1 arguments; exit 0$/);
shows('an exact number', await known('get'), / and get: exactly 1 arguments; exit 0$/);
shows('a part', await known('config|set'), / and config\|set: at least \d arguments; exit 0$/);
shows('turned off', await known('flushall'), / and flushall: not known to this server; exit 0$/);
shows('how often', await runbook('diagnosis-2', { ...values, COMMAND: 'del' }), 'del: 1 calls, 2 rejected; exit 0');
shows('verification', await runbook('verification-1', { ...values, COMMAND: 'del' }), 'del: 1 calls, 2 rejected; exit 0');
mkdirSync('src');
const check = (text) => { writeFileSync('src/cache.js', `${text}\n`); return runbook('check-lists-are-not-sent-empty', { SOURCE: 'src' }); };
shows('check, fault', await check('await redis.del(...keys);'), 'src/cache.js:1:await redis.del(...keys);; exit 0');
shows('check, fixed', await check('if (keys.length > 0) await redis.del(...keys);'), 'nothing; exit 1');
process.exit(0);
