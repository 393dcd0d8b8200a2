// A named statement lives in one connection of the server. Behind PgBouncer in transaction mode, the
// client's next query may go to another one, which does not know it; and another client meets it
// under the same name. postgres.js repeats such a query by itself, except in a transaction. Directly at the server, the same clients have no error.
import { shows } from '../helpers/runbook.mjs';
import { DIRECT, connect, disconnect, moved, named, postgresJs, said } from '../shared/pool.mjs';

const client = await connect();
shows('the first time', await said(client.query(named('find-user'))), '42');
shows('on another connection', await moved(() => said(client.query(named('find-user')))), '26000 prepared statement "find-user" does not exist');
shows('another client', await said((await connect()).query(named('find-user'))), '42P05 prepared statement "find-user" already exists');

const sql = postgresJs();
shows('postgres.js, the first time', await said(sql`SELECT ${41}::int + 1 AS found`), '42');
shows('postgres.js, on another connection', await moved(() => said(sql`SELECT ${41}::int + 1 AS found`)), '42');
const query = (by) => by`SELECT ${41}::int + 1 AS found, 'in a transaction'`;
await query(sql);
shows('postgres.js, there in a transaction', await moved(() => said(sql.begin(query))), /^26000 prepared statement "\w+" does not exist$/);
await sql.end();

const straight = await connect(DIRECT);
await straight.query(named('find-user'));
shows('without the pool', await moved(() => said(straight.query(named('find-user'))), DIRECT), '42');
shows('without the pool, another client', await said((await connect(DIRECT)).query(named('find-user'))), '42');
await disconnect();
