// What clients make of an address, without connecting.
import pg from 'pg';
import { Sequelize } from 'sequelize';

process.removeAllListeners('warning').on('warning', () => {});

/** What node-postgres reads: who connects where, and with which password; or its error. */
export function postgres(options) {
  try {
    const { host, user, database, password } = new pg.Client(typeof options === 'object' ? options : { connectionString: options });
    return `host ${host}, user ${user}, database ${database}, password ${password}`;
  } catch (error) {
    return `${error.code} ${error.message}`;
  }
}

/** The same for Sequelize. */
export function sequelize(...words) {
  try {
    const { host, username, database } = new Sequelize(...words).config;
    return `host ${host}, user ${username}, database ${database}`;
  } catch (error) {
    return error.message;
  }
}
