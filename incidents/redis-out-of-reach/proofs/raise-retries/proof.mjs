// The popular advice, tried with Redis stopped: more retries, or `null`. The command waits; that is all.
import { connect, redis, said } from '../helpers/redis.mjs';
import { shows, until } from '../helpers/runbook.mjs';

const first = (answer) => said(answer).then((text) => text.split(' Refer')[0]);
const server = await redis();
await server.crash();
shows('1 retry', await first(connect(server, { maxRetriesPerRequest: 1, retryStrategy: () => 5 }).ping()), 'Reached the max retries per request limit (which is 1).');

const client = connect(server, { maxRetriesPerRequest: null, retryStrategy: () => 5 });
let [tries, state] = [0, 'still waits'];
client.on('reconnecting', () => { tries += 1; });
const answer = first(client.ping()).then((text) => { state = text; });
await until(() => tries >= 50 || state !== 'still waits', 'it does not try again');
shows('null, after 50 tries', state, 'still waits');
shows('without the queue', await first(connect(server, { enableOfflineQueue: false }).ping()), "Stream isn't writeable and enableOfflineQueue options is false");
await server.start();
await answer;
shows('running again, what waited', state, 'PONG');
process.exit(0);
