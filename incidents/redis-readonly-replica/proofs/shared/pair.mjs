// A primary and its replica behind one address, such as a DNS name or a service: new connections go to
// the primary of now, connections that are open stay where they are.
import { once } from 'node:events';
import net from 'node:net';
import { connect, redis } from '../helpers/redis.mjs';
import { until } from '../helpers/runbook.mjs';

const SETTINGS = { 'repl-diskless-sync-delay': 0 }; // as usual, a replica waits five seconds for others

/** Start the pair; return both with clients of their own, the address, and a failover. */
export async function pair() {
  const [first, second] = [await redis(SETTINGS), await redis(SETTINGS)];
  const [a, b] = [connect(first), connect(second)];
  await b.replicaof('127.0.0.1', first.port);
  await until(async () => (await b.info('replication')).includes('master_link_status:up'), 'the replica did not connect');
  let target = first;
  const door = net.createServer((near) => {
    const far = net.connect(target.port, '127.0.0.1');
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = { ...first, url: first.url.replace(/\d+$/, String(door.address().port)) };
  const offset = async (client) => /master_repl_offset:(\d+)/.exec(await client.info('replication'))[1];
  const failover = async () => {
    // As a planned failover does: what the replica has not got yet would be lost.
    await until(async () => await offset(a) === await offset(b), 'the replica did not get all');
    await b.replicaof('NO', 'ONE');
    await a.replicaof('127.0.0.1', second.port);
    await until(async () => (await a.info('replication')).includes('master_link_status:up'), 'the old primary did not follow');
    target = second;
  };
  const synced = async () => until(async () => (await a.get('marker')) === (await b.get('marker')), 'the replica did not catch up');
  return { first, second, a, b, address, failover, synced };
}
