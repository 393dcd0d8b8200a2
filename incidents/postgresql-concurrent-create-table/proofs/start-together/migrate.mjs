// Makes the tables, once for a release.
import { close, store } from '../shared/store.mjs';

const made = store('UserSessions');
await made.db.sync();
await close(made);
