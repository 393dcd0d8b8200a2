// A server with passwords, and logins as applications make them.
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';

export const PORT = 5499;

/** Start a server whose role `app` has this password. */
export async function server(password) {
  const made = await cluster(["listen_addresses = '127.0.0.1'", `port = ${PORT}`],
    { hba: ['local all postgres trust', 'host all all 127.0.0.1/32 scram-sha-256'] });
  const admin = new pg.Client({ host: made.host, port: PORT, user: 'postgres', database: 'postgres' });
  await admin.connect();
  await admin.query(`CREATE ROLE app LOGIN PASSWORD ${admin.escapeLiteral(password)}`);
  return { ...made, admin };
}

/** Log in with a password, or with a URL; return how it ended. */
export async function login(how) {
  let client;
  try {
    client = new pg.Client(how.url ? { connectionString: how.url } : { host: '127.0.0.1', port: PORT, user: how.user ?? 'app', database: 'postgres', password: how.password });
    await client.connect();
    await client.end();
    return 'connected';
  } catch (error) {
    client?.end().catch(() => {});
    return `${error.code ?? 'no code'} ${error.message}`;
  }
}
