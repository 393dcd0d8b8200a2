// Two transactions change rows 1 and 2. In opposite order they deadlock, and PostgreSQL undoes one;
// the other commits. Tried again, the loser succeeds.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { accounts, both } from '../shared/transfer.mjs';

const client = await connect();
await accounts(client);
shows('1 then 2, and 2 then 1', (await both([[1, 2], [2, 1]])).join(' and '), '40P01 deadlock detected and ok');
shows('what was changed', (await client.query('SELECT sum(amount) FROM accounts')).rows[0].sum, '2');
shows('the loser again', (await both([[2, 1], [3, 4]])).join(' and '), 'ok and ok');
await disconnect();
