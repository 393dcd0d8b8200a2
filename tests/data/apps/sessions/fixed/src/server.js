// The server of the fix: it creates nothing, and refuses to serve without its table.
import { createServer } from 'node:http';
import { store } from './store.js';

const { db } = store('UserSessions');
await db.authenticate();
const [[{ found }]] = await db.query(
  `SELECT count(*)::int AS found FROM pg_class WHERE oid = to_regclass('public."UserSessions"') AND relkind = 'r'`,
);
if (found !== 1) throw new Error('The table UserSessions is missing: run the migration first');
createServer().listen(process.env.PORT, () => console.log('listening'));
