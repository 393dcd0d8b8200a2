// What each kind of password gives, against a server that asks for one: the error of this incident
// comes from the driver, before anything is compared. A wrong password gets another error.
import pg from 'pg';
import { Sequelize } from 'sequelize';
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const right = process.env.PGPASSWORD;
delete process.env.PGPASSWORD;
const { PGHOST: host, PGPORT: port, PGDATABASE: database, PGUSER: user } = process.env;
const connects = async (options) => {
  const client = new pg.Client({ host, port, database, user, ...options });
  return client.connect().then(() => client.end()).then(() => 'connected', (error) => `${error.code ?? 'no code'} ${error.message}`);
};

const STRING = 'no code SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string';
shows('no password', await connects({}), STRING);
shows('undefined', await connects({ password: process.env.DB_PASSWORD_WITH_A_TYPO }), STRING);
shows('a number', await connects({ password: 123456 }), STRING);
shows('a URL without a password', await connects({ connectionString: `postgres://${user}@/${database}?host=${encodeURIComponent(host)}` }), STRING);
shows('empty', await connects({ password: '' }), /^no code SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a (non-empty )?string$/);
shows('wrong', await connects({ password: 'wrong' }), `28P01 password authentication failed for user "${user}"`);
shows('right', await connects({ password: right }), 'connected');

const sequelize = new Sequelize(database, user, undefined, { host, port, dialect: 'postgres', logging: false });
const error = await sequelize.authenticate().then(() => 'connected', (one) => `${one.name}: ${one.message}`);
shows('Sequelize, undefined', error, 'SequelizeConnectionError: SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string');
await sequelize.close();

// The popular advice, tried: give the role a new password. The error does not change.
const admin = await connect();
await admin.query("CREATE ROLE shop LOGIN PASSWORD 'before'");
const undefinedBefore = await connects({ user: 'shop' });
await said(admin, "ALTER ROLE shop PASSWORD 'after'");
shows('undefined, after a new password for the role', await connects({ user: 'shop' }), undefinedBefore);
shows('the new password, passed as text', await connects({ user: 'shop', password: 'after' }), 'connected');
await admin.query('DROP ROLE shop');
await disconnect();
// The driver leaves the socket of a login that it refused itself open; the server would wait for it.
process.exit(0);
