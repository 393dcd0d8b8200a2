// Makes the session table, once for a release, and keeps the rows that the old one has.
import { store } from '../src/store.js';

const { db } = store('UserSessions');
const [[{ old }]] = await db.query(`SELECT to_regclass('public."Sessions"')::text AS old`);
if (old) await db.query('ALTER TABLE "Sessions" RENAME TO "UserSessions"');
await db.getQueryInterface().createTable('UserSessions', db.models.Session.getAttributes()).catch((error) => {
  if (error.parent?.code !== '42P07') throw error; // it is there
});
await db.close();
process.exit(0);
