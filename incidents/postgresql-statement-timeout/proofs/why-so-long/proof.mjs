// Three reasons why a statement reaches the limit: it waits for a lock, it reads the whole table, or the limit of its role is
// meant for short requests. A statement of the migration itself gets a limit of its own.
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query('CREATE TABLE orders (id int, state text); INSERT INTO orders SELECT n, $$open$$ FROM generate_series(1, 200000) AS n; ANALYZE orders');
const TIMEOUT = '57014 canceling statement due to statement timeout';
const web = await connect({ options: '-c statement_timeout=300' });

await admin.query('BEGIN; LOCK TABLE orders');
const waits = said(web, 'SELECT count(*) FROM orders WHERE id = 1');
await untilWaiting(await connect(), 1);
shows('it waits for a lock', await waits, TIMEOUT);
await admin.query('COMMIT');
shows('the lock is free', await said(web, 'SELECT count(*) FROM orders WHERE id = 1'), 'ok');

await web.query('SET statement_timeout = 100');
shows('it reads much', await said(web, 'SELECT count(*) FROM orders a, orders b WHERE a.id + b.id = 7'), TIMEOUT);
const plan = async () => /Seq Scan|Index Only Scan|Index Scan|Bitmap/.exec(JSON.stringify((await admin.query('EXPLAIN SELECT count(*) FROM orders WHERE id = 1')).rows))[0];
shows('without an index', await plan(), 'Seq Scan');
await admin.query('CREATE INDEX ON orders (id)');
shows('with an index', await plan(), /Index|Bitmap/);

// An index that takes at least half a second, as on a large table.
await admin.query(`CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.002); RETURN $1; END';
  CREATE TABLE large AS SELECT n AS id FROM generate_series(1, 250) AS n`);
shows('the migration, with the limit of requests', await said(web, 'CREATE INDEX ON large (slow(id))'), TIMEOUT);
shows('the migration, with its own', await said(web, "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '2s'; CREATE INDEX ON large (slow(id)); COMMIT"), 'ok');
shows('afterwards', (await web.query('SHOW statement_timeout')).rows[0].statement_timeout, '100ms');
await disconnect();
