// Each library, before it is opened, while it is open, and after it was closed.
import { builder, client, pool, redis, said, sequelize, source } from '../shared/clients.mjs';
import { shows } from '../helpers/runbook.mjs';

const ONE = 'SELECT 1';
const ended = 'Cannot use a pool after calling end on the pool';
const requests = pool();
const handler = async () => { await requests.query(ONE); await requests.end(); }; // as in a sample of documentation
shows('pg.Pool, the first request', await said(handler), 'ok');
shows('pg.Pool, the second request', await said(handler), ended);
const right = pool();
const releases = async () => { const one = await right.connect(); try { await one.query(ONE); } finally { one.release(); } };
shows('with release, the first request', await said(releases), 'ok');
shows('with release, the second request', await said(releases), 'ok');
await right.end();
shows('end twice', await said(() => right.end()), 'Called end on pool more than once');

const single = client();
await single.connect();
await single.end();
shows('pg.Client after end', await said(() => single.query(ONE)), 'Client was closed and is not queryable');

const orm = sequelize();
shows('Sequelize, open', await said(() => orm.query(ONE)), 'ok');
await orm.close();
shows('Sequelize after close', await said(() => orm.query(ONE)), 'ConnectionManager.getConnection was called after the connection manager was closed!');

const query = builder();
shows('Knex, open', await said(() => query.raw(ONE)), 'ok');
await query.destroy();
shows('Knex after destroy', await said(() => query.raw(ONE)), 'Unable to acquire a connection');

const data = source();
shows('TypeORM before initialize', await said(() => data.query(ONE)), 'Driver not Connected');
await data.initialize();
shows('TypeORM, open', await said(() => data.query(ONE)), 'ok');
await data.destroy();
shows('TypeORM after destroy', await said(() => data.query(ONE)), 'Driver not Connected');

const cache = redis();
shows('node-redis before connect', await said(() => cache.get('a')), 'The client is closed');
await cache.connect();
shows('node-redis, open', await said(() => cache.get('a')), 'ok');
shows('node-redis, connect twice', await said(() => cache.connect()), 'Socket already opened');
await cache.close();
shows('node-redis after close', await said(() => cache.get('a')), 'The client is closed');
process.exit(0);
