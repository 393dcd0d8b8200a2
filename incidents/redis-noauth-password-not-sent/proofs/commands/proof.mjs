// The commands of the runbook: whether the variable has a password, whether the password is right, and
// a second password for the time of a change.
import { redis } from '../helpers/redis.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { ioredis } from '../shared/clients.mjs';

const server = await redis();
const place = { host: '127.0.0.1', port: server.port };
const bare = `redis://127.0.0.1:${server.port}`;
shows('a variable without password', await runbook('diagnosis-1', { VARIABLE: 'REDIS_URL', REDIS_URL: bare }), `${bare}; exit 0`);
shows('a variable with one', await runbook('diagnosis-1', { VARIABLE: 'REDIS_URL', REDIS_URL: server.url }), `redis://default:***@127.0.0.1:${server.port}; exit 0`);
shows('no variable', await runbook('diagnosis-1', { VARIABLE: 'NO_SUCH_VARIABLE' }), 'nothing; exit 1');
const values = { REDIS_URL: server.url, OLD_PASSWORD: 'of last week' };
shows('the password is right', await runbook('diagnosis-2', values), 'PONG; exit 0');
shows('the address without it', await runbook('diagnosis-2', { ...values, REDIS_URL: bare, REDISCLI_AUTH: '' }), /NOAUTH/);
shows('a client with the old password', await ioredis({ ...place, password: values.OLD_PASSWORD }), /^(?:WRONGPASS|NOAUTH)/);
shows('the old password beside the new one', await runbook('mitigation-2', values), 'OK; exit 0');
shows('a client with the old password', await ioredis({ ...place, password: values.OLD_PASSWORD }), 'PONG');
shows('a client with the new password', await ioredis({ ...place, password: server.password }), 'PONG');
shows('the old password taken away', await runbook('mitigation-2-rollback', values), 'OK; exit 0');
shows('a client with the old password', await ioredis({ ...place, password: values.OLD_PASSWORD }), /^(?:WRONGPASS|NOAUTH)/);
shows('check', await runbook('check-password-is-accepted', values), 'PONG; exit 0');
process.exit(0);
