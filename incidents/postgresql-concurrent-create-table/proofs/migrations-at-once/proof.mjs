// Two instances run the same Umzug migration on an empty database at once. They meet on the table
// in which Umzug keeps what has run, and one of them fails.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { copies } from '../shared/copies.mjs';

const control = await connect();
const server = await copies(2, 'start.mjs');
const gate = await holdCreateTable();
const ended = server.start('Sessions');
await untilWaiting(control, 2);
await gate.query('COMMIT');
const texts = (await ended).sort();
texts.forEach((text, number) => console.log(`migration run ${number + 1}: ${text}`));
assert.match(texts[0], /23505 .*"pg_type_typname_nsp_index", Key \(typname, typnamespace\)=\(SequelizeMeta, 2200\)/);
assert.equal(texts[1], 'started');
server.end();
await disconnect();
