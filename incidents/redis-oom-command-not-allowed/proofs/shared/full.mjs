// A server with little memory, and a cache that is filled until it takes no more.
import { connect, redis, said } from '../helpers/redis.mjs';

/** Start a server with a limit and a policy, and put one job into a queue. */
export async function limited(policy = 'noeviction', megabytes = 3) {
  const server = await redis({ maxmemory: `${megabytes}mb`, 'maxmemory-policy': policy });
  const client = connect(server);
  await client.rpush('queue:mails', 'job 1');
  return { server, client };
}

/** Write pages to the cache until one is refused, at most this many; return the answer to the last. */
export async function fill(client, { most = 20_000, characters = 500, seconds } = {}) {
  const html = 'x'.repeat(characters);
  const expiry = seconds ? ['EX', seconds] : [];
  let answer = 'OK';
  for (let page = 0; page < most && answer === 'OK'; page += 1) answer = await said(client.set(`cache:page:${page}`, html, ...expiry));
  // Smaller keys fill what is left, so that the next command, however small, is refused, too.
  for (let refused = 0, key = 0; answer !== 'OK' && refused < 50; key += 1) refused = (await said(client.set(`cache:k${key}`, ''))) === 'OK' ? 0 : refused + 1;
  return answer;
}
