// The fix in the code: statements without a name, in the same pool, on other connections.
import { shows } from '../helpers/runbook.mjs';
import { connect, disconnect, moved, postgresJs, said } from '../shared/pool.mjs';

const unnamed = { text: 'SELECT $1::int + 1 AS found', values: [41] };
const client = await connect();
shows('pg without name', await said(client.query(unnamed)), '42');
shows('pg without name, on another connection', await moved(() => said(client.query(unnamed))), '42');
shows('pg without name, another client', await said((await connect()).query(unnamed)), '42');

const sql = postgresJs({ prepare: false });
shows('postgres.js with prepare: false', await said(sql`SELECT ${41}::int + 1 AS found`), '42');
shows('postgres.js with prepare: false, on another connection', await moved(() => said(sql`SELECT ${41}::int + 1 AS found`)), '42');
await sql.end();
await disconnect();
