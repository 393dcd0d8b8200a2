// A server that creates nothing, and refuses to serve without its table.
import { createServer } from 'node:http';
import { QueryTypes } from 'sequelize';
import { store } from '../shared/store.mjs';

const { db: sequelize } = store('UserSessions');
await sequelize.authenticate();
const [table] = await sequelize.query(
  `SELECT relkind FROM pg_class WHERE oid = to_regclass('public."UserSessions"')`,
  { type: QueryTypes.SELECT },
);
if (table?.relkind !== 'r') {
  throw new Error('The table UserSessions is missing: run the migration before the server starts');
}
createServer().listen(0, () => console.log('listening'));
