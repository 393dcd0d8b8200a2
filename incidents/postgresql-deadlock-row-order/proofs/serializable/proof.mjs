// The popular advice, tried: a higher isolation level. Both levels deadlock on the same two
// transactions. So does a longer deadlock_timeout; it only takes longer.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { accounts, both } from '../shared/transfer.mjs';

const client = await connect();
await accounts(client);
for (const isolation of ['REPEATABLE READ', 'SERIALIZABLE']) {
  shows(isolation, (await both([[1, 2], [2, 1]], { isolation })).join(' and '), '40P01 deadlock detected and ok');
}
shows('deadlock_timeout 400ms', (await both([[1, 2], [2, 1]], { lock: "SET LOCAL deadlock_timeout = '400ms'" })).join(' and '), '40P01 deadlock detected and ok');
await disconnect();
