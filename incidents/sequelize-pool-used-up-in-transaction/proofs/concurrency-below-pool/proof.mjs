// The mitigation: at most pool.max - 1 transactions at once, so that one connection is left and
// they end one after the other. With as many as the pool has, they fail.
import { shows } from '../helpers/runbook.mjs';
import { requests, server } from '../shared/orders.mjs';

const db = server(3);
shows('pool.max 3, 20 requests, 2 at once', await requests(db, 20, { limit: 2 }), '20 stored');
shows('pool.max 3, 20 requests, 3 at once', await requests(db, 20, { limit: 3 }), /SequelizeConnectionAcquireTimeoutError/);
await db.close();
