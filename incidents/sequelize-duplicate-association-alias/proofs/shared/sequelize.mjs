// Four versions of Sequelize, as the proofs of this incident use them.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** An address where no database listens: what works with it needs none. */
export const NOWHERE = 'postgres://nobody@127.0.0.1:9/none';

/** Names of the packages, as package.json has them, with their major versions. */
export const PACKAGES = { 'sequelize-4': 4, 'sequelize-5': 5, sequelize: 6, '@sequelize/core': 7 };

/** Return a new instance without any model, the data types, and the version. */
export function open(name, url = NOWHERE) {
  const { Sequelize, DataTypes } = require(name);
  const options = {
    4: { dialect: 'postgres', operatorsAliases: false },
    5: { dialect: 'postgres' },
    6: { dialect: 'postgres' },
    7: { dialect: name === '@sequelize/core' && require('@sequelize/postgres').PostgresDialect, url },
  }[PACKAGES[name]];
  const db = PACKAGES[name] === 7 ? new Sequelize(options) : new Sequelize(url, { ...options, logging: false });
  return { db, DataTypes, version: `${name === '@sequelize/core' ? '@sequelize/core' : 'sequelize'} ${Sequelize.version}` };
}

/** Return an instance with the three models of the incident, not associated yet. */
export function models(name, url) {
  const { db, DataTypes, version } = open(name, url);
  const User = db.define('User', { name: DataTypes.STRING });
  const ShoppingCart = db.define('ShoppingCart', { userId: DataTypes.INTEGER });
  const SocialShoppingCart = db.define('SocialShoppingCart', { userId: DataTypes.INTEGER });
  return { db, version, DataTypes, User, ShoppingCart, SocialShoppingCart };
}

/** Run a function; return the error that it throws as a log shows it, or "no error". */
export function said(run) {
  try {
    run();
    return 'no error';
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}
