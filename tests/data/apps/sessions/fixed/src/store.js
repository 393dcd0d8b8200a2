// The session store of the incident, as its server makes it.
import session from 'express-session';
import connectSessionSequelize from 'connect-session-sequelize';
import { Sequelize } from 'sequelize';

const Store = connectSessionSequelize(session.Store);

export function store(tableName) {
  const db = new Sequelize(process.env.DATABASE_URL, { logging: false });
  return { db, store: new Store({ db, tableName }) };
}
