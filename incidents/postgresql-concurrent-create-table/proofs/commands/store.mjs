// Lets the session store make its table.
import { close, store } from '../shared/store.mjs';

const made = store('UserSessions');
await made.store.sync();
await close(made);
