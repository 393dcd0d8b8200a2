// A server as in the incident: it creates its tables at every start.
import { createServer } from 'node:http';
import { store } from '../shared/store.mjs';

await store('Sessions').db.sync();
createServer().listen(0, () => console.log('listening'));
