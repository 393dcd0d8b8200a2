// How each copy starts: one process at a time creates tables.
export async function start({ db, store }) {
  await db.transaction(async (transaction) => {
    await db.query('SELECT pg_advisory_xact_lock(727)', { transaction });
    await store.sync({ transaction });
  });
}
