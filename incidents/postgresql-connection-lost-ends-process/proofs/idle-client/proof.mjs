// The server ends an idle connection of the pool. Without a handler for the pool's error the process
// ends; with one it logs the error, and the next query gets a new connection. A client without a pool
// does not connect again.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { start } from '../shared/app.mjs';

const admin = await connect();
const lose = (app) => admin.query('SELECT pg_terminate_backend($1)', [app.backend]);

const bare = await start();
await lose(bare);
await bare.closed;
shows('pool without a handler', await bare.state(), 'ended with 1');
shows('its log', /error: terminating connection due to administrator command/.exec(bare.log())?.[0], 'error: terminating connection due to administrator command');
shows('who emitted it', /Emitted 'error' event on \w+ instance/.exec(bare.log())?.[0], "Emitted 'error' event on BoundPool instance");

const handled = await start({ HANDLER: 'yes' });
await lose(handled);
await handled.until(/logged: /);
shows('pool with a handler', await handled.state(), 'runs');
shows('its log', /logged: .*/.exec(handled.log())[0], 'logged: terminating connection due to administrator command');
shows('the next query', await handled.query(), 'answer: ok');
handled.end();

const client = await start({ KIND: 'client', HANDLER: 'yes' });
await lose(client);
await client.until(/logged: /);
shows('one client with a handler, the next query', await client.query(), /answer: Client has encountered a connection error and is not queryable/);
shows('one client with a handler, the query after that', await client.query(), /answer: Client has encountered a connection error and is not queryable/);
client.end();
await disconnect();
