// A cluster of one or two real Redis servers.
import Redis from 'ioredis';
import { freePort } from '../helpers/ports.mjs';
import { connect, redis } from '../helpers/redis.mjs';
import { until } from '../helpers/runbook.mjs';

/** Start nodes, each with a range of slots, and let them meet; return them, and a client of each. */
export async function nodes(...ranges) {
  const made = [];
  for (const range of ranges) {
    const bus = await freePort();
    const server = await redis({ 'cluster-enabled': 'yes', 'cluster-config-file': `nodes-${bus}.conf`, 'cluster-port': bus, 'cluster-node-timeout': 500 });
    const client = connect(server);
    await client.call('CLUSTER', 'ADDSLOTSRANGE', ...range);
    made.push({ server, client, bus });
  }
  for (const { server, bus } of made.slice(1)) await made[0].client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, bus);
  return made;
}

/** Wait until each node says that the cluster works. */
export const ready = (made) => until(async () => {
  const states = await Promise.all(made.map(({ client }) => client.call('CLUSTER', 'INFO')));
  return states.every((state) => state.includes('cluster_state:ok'));
}, 'the cluster never works');

/** The client for clusters. */
export function cluster([{ server }]) {
  const client = new Redis.Cluster([{ host: '127.0.0.1', port: server.port }], { redisOptions: { password: server.password } });
  client.on('error', () => {});
  return client;
}
