// Not only session tables: a model with an ENUM column. Sequelize creates its type first, and two
// processes that sync meet there, on a type that no table has. The lock is on pg_enum, where the
// type's values go.
import assert from 'node:assert/strict';
import { holdCreateTable } from '../shared/hold.mjs';
import { connect, disconnect, untilWaiting } from '../helpers/database.mjs';
import { copies } from '../shared/copies.mjs';

const control = await connect();
const server = await copies(2, 'start.mjs');
const gate = await holdCreateTable('pg_enum');
const ended = server.start('Sessions');
await untilWaiting(control, 2);
await gate.query('COMMIT');
const texts = (await ended).sort();
texts.forEach((text, number) => console.log(`copy ${number + 1}: ${text}`));
assert.match(texts[0], /23505 .*\(typname, typnamespace\)=\(enum_Posts_kind, 2200\)/);
assert.equal(texts[1], 'started');
server.end();
await disconnect();
