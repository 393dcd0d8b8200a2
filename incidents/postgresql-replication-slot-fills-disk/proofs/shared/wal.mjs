// A server with logical replication, and work that writes to its write-ahead log.
import { readdirSync } from 'node:fs';
import pg from 'pg';
import { cluster } from '../helpers/cluster.mjs';

export const SETTINGS = ['wal_level = logical', 'max_wal_size = 32MB', 'min_wal_size = 32MB', 'wal_keep_size = 0', 'log_line_prefix = ', "wal_recycle = on", 'max_replication_slots = 4'];

/** Start a server; return it with a connection and functions. */
export async function server(settings = []) {
  const made = await cluster([...SETTINGS.filter((line) => !line.startsWith('log_line')), ...settings]);
  let admin;
  const connect = async () => {
    admin = new pg.Client({ connectionString: made.url() });
    admin.on('error', () => {});
    await admin.connect();
  };
  await connect();
  await admin.query('CREATE TABLE IF NOT EXISTS work (text text)');
  return {
    ...made,
    query: (sql, values) => admin.query(sql, values),
    /** Write 80 MB of log, then let the server clean up. */
    work: async () => {
      for (let i = 0; i < 5; i += 1) {
        await admin.query('CHECKPOINT');
        await admin.query("INSERT INTO work SELECT repeat(md5(i::text), 60) FROM generate_series(1, 8000) i");
        await admin.query('SELECT pg_switch_wal()');
      }
      await admin.query('CHECKPOINT');
      await admin.query('CHECKPOINT');
    },
    segments: () => readdirSync(`${made.host}/pg_wal`).filter((name) => /^[0-9A-F]{24}$/.test(name)).length,
    restart: async () => { await admin.end(); await made.stop(); await made.start(); await connect(); },
    end: async () => { await admin.end(); await made.stop(); },
  };
}
