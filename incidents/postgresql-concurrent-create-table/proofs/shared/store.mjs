// The session store of the incident, as its server makes it.
import session from 'express-session';
import connectSessionSequelize from 'connect-session-sequelize';
import { Sequelize } from 'sequelize';

const Store = connectSessionSequelize(session.Store);

/** Return Sequelize and the store, on the proof's own database. */
export function store(tableName, options = {}) {
  const db = new Sequelize(process.env.DATABASE_URL, { logging: false, ...options });
  return { db, store: new Store({ db, tableName, checkExpirationInterval: 15 * 60 * 1000, expiration: 24 * 60 * 60 * 1000 }) };
}

/** Stop the store's timer and close its connections. */
export async function close({ db, store: open }) {
  open.stopExpiringSessions();
  await db.close();
}

/** Return what somebody sees of an error: its name and message, and what its parent says. */
export function shown(error) {
  const { parent } = error;
  return `${error.name}: ${error.message}${parent?.code ? ` (${parent.code} ${parent.message}${parent.detail ? `, ${parent.detail}` : ''})` : ''}`;
}
