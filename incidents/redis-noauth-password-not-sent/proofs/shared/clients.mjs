// Clients of both libraries, and what a first command answers.
import Redis from 'ioredis';
import { createClient } from 'redis';
import { said } from '../helpers/redis.mjs';

/** Return what PING answers to a client of ioredis with these options. */
export async function ioredis(...options) {
  const client = new Redis(...options);
  client.on('error', () => {});
  const answer = await said(client.ping());
  client.disconnect();
  return answer;
}

/** Return what PING answers to a client of node-redis with these options. */
export async function nodeRedis(options) {
  try {
    const client = createClient({ ...options, ...(options.socket && { socket: { ...options.socket, reconnectStrategy: false } }) });
    client.on('error', () => {});
    await client.connect();
    const answer = await said(client.ping());
    client.destroy();
    return answer;
  } catch (error) {
    return error.message;
  }
}
