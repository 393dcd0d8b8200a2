// What is believed. The network: this connection is a Unix socket, and without the limit the same wait
// breaks nothing; nor does the same wait outside of a transaction. A retry of the query that failed: it
// succeeds on a new connection, and stores half of the transaction.
import { shows } from '../helpers/runbook.mjs';
import { callPaymentService, pool, said } from '../shared/timeout.mjs';

shows('the server is reached by a socket in', process.env.PGHOST.startsWith('/') ? 'a folder' : 'a network', 'a folder');
async function waits(connections, begin) {
  const client = await connections.connect();
  client.on('error', () => {});
  if (begin) await client.query(begin);
  await callPaymentService();
  const answer = await said(client.query('SELECT 1'));
  client.release(true);
  return answer;
}
const limited = pool();
shows('in a transaction, with the limit', await waits(limited, 'BEGIN'), /not queryable/);
shows('in a transaction, without the limit', await waits(pool({ idle_in_transaction_session_timeout: 0 }), 'BEGIN'), 'ok');
shows('outside of a transaction, with the limit', await waits(limited, ''), 'ok');
shows('in a transaction, with TCP keep-alive', await waits(pool({ keepAlive: true, keepAliveInitialDelayMillis: 10 }), 'BEGIN'), /not queryable/);

await limited.query('CREATE TABLE entries (account text, amount int)');
const client = await limited.connect();
client.on('error', () => {});
await client.query('BEGIN');
await client.query("INSERT INTO entries VALUES ('a', -10)");
await callPaymentService();
const second = "INSERT INTO entries VALUES ('b', 10)";
shows('the second query', await said(client.query(second)), /not queryable/);
client.release(true);
shows('the second query again, on a new connection', await said(limited.query(second)), 'ok');
const { rows } = await limited.query('SELECT account, amount FROM entries');
shows('stored', JSON.stringify(rows), '[{"account":"b","amount":10}]');
process.exit(0);
