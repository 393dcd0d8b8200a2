// A server whose sync() over two connections meets itself; it prints its error as Node.js does.
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { close, store } from '../shared/store.mjs';

const [control, gate] = [await connect(), await holdCreateTable()];
const server = store('Sessions');
const start = Promise.all([server.db.sync(), server.store.sync()]).catch((error) => console.error(error));
await untilWaiting(control, 2);
await gate.query('COMMIT');
await start;
await close(server);
await disconnect();
