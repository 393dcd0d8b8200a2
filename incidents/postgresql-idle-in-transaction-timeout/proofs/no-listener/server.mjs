// A server that holds a client in a transaction, and listens for no error of that client.
import { callPaymentService, pool } from '../shared/timeout.mjs';

const client = await pool().connect();
await client.query('BEGIN');
await callPaymentService();
console.log('still there');
process.exit(0);
