// A machine whose hosts file names ::1 first for localhost, as most do. A proof cannot change the
// hosts file, so the lookup of this process answers in its place; everything else is real.
import dns from 'node:dns';
import net from 'node:net';
import pg from 'pg';

const ADDRESSES = [{ address: '::1', family: 6 }, { address: '127.0.0.1', family: 4 }];
const lookup = dns.lookup;
dns.lookup = (name, options, callback) => {
  if (name !== 'localhost') return lookup(name, options, callback);
  if (options.all) return process.nextTick(callback, null, ADDRESSES);
  return process.nextTick(callback, null, ADDRESSES[0].address, ADDRESSES[0].family);
};

/** Connect with pg; return "connected", or the error with all errors that it holds. */
export async function connects(host, port, { tryAll }) {
  net.setDefaultAutoSelectFamily(tryAll);
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres', password: '' });
  try {
    await client.connect();
    await client.end();
    return 'connected';
  } catch (error) {
    return [error, ...(error.errors ?? [])].map((one) => `${one.name} ${one.message}`.trim()).join('; ');
  }
}
