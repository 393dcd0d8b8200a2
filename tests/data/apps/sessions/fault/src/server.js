// A server as in the incident: its session table is created at every start.
import { createServer } from 'node:http';
import { store } from './store.js';

const { db } = store('Sessions');
await db.sync();
createServer().listen(process.env.PORT, () => console.log('listening'));
