// How each copy starts: it creates nothing, and refuses to serve without its table.
import { QueryTypes } from 'sequelize';

export async function start({ db: sequelize }) {
  await sequelize.authenticate();
  const [table] = await sequelize.query(
    `SELECT relkind FROM pg_class WHERE oid = to_regclass('public."UserSessions"')`,
    { type: QueryTypes.SELECT },
  );
  if (table?.relkind !== 'r') {
    throw new Error('The table UserSessions is missing: run the migration before the server starts');
  }
}
