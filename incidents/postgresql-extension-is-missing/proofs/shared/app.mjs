// What an application does at its start: it connects, and asks for its data.
import pg from 'pg';

/** Connect with these options and run a query; return its first value, or the code and message of the error. */
export async function ask(options, query = "SELECT 'connected to ' || current_database()") {
  const client = new pg.Client(options);
  client.on('error', () => {});
  try {
    await client.connect();
    return Object.values((await client.query(query)).rows[0] ?? { none: 'done' })[0];
  } catch (error) {
    return `${error.code} ${error.message}`;
  } finally {
    await client.end().catch(() => {});
  }
}
