// The popular advice, tried: create the database that the message names. It is empty, and the data is
// where it was.
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const admin = (text, database = 'postgres') => ask({ host, user: 'postgres', database }, text);
await admin('CREATE ROLE app LOGIN');
await admin('CREATE DATABASE shop OWNER app');
await admin('CREATE TABLE orders AS SELECT generate_series(1, 3) AS id', 'shop');
await admin('GRANT SELECT ON orders TO app', 'shop');
const ORDERS = 'SELECT count(*) FROM orders';
delete process.env.PGDATABASE;
shows('before', await ask({ host, user: 'app' }, ORDERS), '3D000 database "app" does not exist');
await admin('CREATE DATABASE app OWNER app');
shows('created', await ask({ host, user: 'app' }, ORDERS), '42P01 relation "orders" does not exist');
shows('the database that was meant', `${await ask({ host, user: 'app', database: 'shop' }, ORDERS)} orders`, '3 orders');
await stop();
