// Commands that lack their last arguments, through ioredis and through redis-cli; and commands that this
// server has turned off, or that this user may not use.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, redis, said } from '../helpers/redis.mjs';
import { shows } from '../helpers/runbook.mjs';

writeFileSync('off.conf', 'rename-command FLUSHALL ""\n'); // as providers turn a command off
const server = await redis({ include: `${process.cwd()}/off.conf` });
const client = connect(server);
await client.sadd('tags', 'a', 'b');
const none = [];
const WRONG = (command) => `ERR wrong number of arguments for '${command}' command`;
shows('DEL of no key', await said(client.del(...none)), WRONG('del'));
shows('SADD of no member', await said(client.sadd('tags', ...none)), WRONG('sadd'));
shows('MGET of no key', await said(client.mget(none)), WRONG('mget'));
shows('HSET of an empty object', await said(client.hset('user', {})), WRONG('hset'));
shows('GET of a key that is not there as an argument', await said(client.call('GET')), WRONG('get'));
shows('DEL of keys that do not exist', await said(client.del('x', 'y')), '0');
const cli = execFileSync('redis-cli', ['-u', server.url, '--no-auth-warning', 'DEL'], { encoding: 'utf8' }).trim();
shows('redis-cli, the same words', cli.replace('(error) ', ''), WRONG('del'));
const clear = async (keys) => (keys.length > 0 ? client.del(...keys) : 0);
shows('behind a question, none', await clear(none), '0');
shows('behind a question, one', await clear(['tags']), '1');

shows('a command that is turned off', await said(client.flushall()), /^ERR unknown command '?.?flushall/i);
await client.acl('SETUSER', 'app', 'on', '>app', '~*', '+@all', '-keys');
const app = connect({ url: server.url.replace(/default:[^@]*@/, 'app:app@') });
shows('a command that this user may not use', await said(app.keys('*')), /^NOPERM .*'keys' command/);
process.exit(0);
