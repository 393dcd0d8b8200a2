// Addresses as people write them, and what node-postgres and Sequelize read.
import pg from 'pg';
import { postgres, sequelize } from '../shared/clients.mjs';
import { shows } from '../helpers/runbook.mjs';

for (const name of ['PGHOST', 'PGUSER', 'PGDATABASE', 'PGPASSWORD', 'USER', 'DATABASE_URL']) delete process.env[name];
const address = (password) => `postgres://app:${password}@db/shop`;
const READ = (password) => `host db, user app, database shop, password ${password}`;
shows('a plain password', postgres(address('secret')), READ('secret'));
for (const bad of ['#', '/', '?']) {
  shows(`with ${bad}`, postgres(address(`pa${bad}ss`)), 'ERR_INVALID_URL Invalid URL');
  shows(`with ${bad}, encoded`, postgres(address(encodeURIComponent(`pa${bad}ss`))), READ(`pa${bad}ss`));
  shows(`with ${bad}, by itself`, postgres({ host: 'db', user: 'app', database: 'shop', password: `pa${bad}ss` }), READ(`pa${bad}ss`));
}
shows('with % in Sequelize', sequelize(address('pa%ss')), 'URI malformed');
shows('no scheme', postgres('db/shop'), /^host base, user undefined, database db\/shop/);
shows('a name that is not set, in a text', postgres(`${[undefined]}undefined`), /^host base, /);
shows('not there', postgres(undefined), /^host localhost, /);
shows('not there, in Sequelize', sequelize(undefined), 'Dialect needs to be explicitly supplied as of v4.0.0');
shows('not there, in Sequelize with a dialect', sequelize(undefined, { dialect: 'postgres' }), 'The "url" argument must be of type string. Received undefined');
shows('empty, in Sequelize', sequelize('', {}), "Cannot read properties of null (reading 'replace')");

const error = await new pg.Client({ connectionString: '"postgres://app:secret@db/shop"' }).connect().catch((reason) => reason);
shows('the host that is asked for', error.hostname, 'base');
