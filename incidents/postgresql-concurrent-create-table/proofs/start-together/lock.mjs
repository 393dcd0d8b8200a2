// The same, and one process at a time creates tables.
import { createServer } from 'node:http';
import { store } from '../shared/store.mjs';

const { db: sequelize } = store('Sessions');
await sequelize.transaction(async (transaction) => {
  await sequelize.query('SELECT pg_advisory_xact_lock(727)', { transaction });
  await sequelize.sync({ transaction });
});
createServer().listen(0, () => console.log('listening'));
