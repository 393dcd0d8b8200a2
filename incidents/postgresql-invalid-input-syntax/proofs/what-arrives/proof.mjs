// What arrives in place of an id, and how: a route that takes another one's path, a value that is missing, an empty field; and a
// list for a column of type json, which the driver turns into a list of PostgreSQL.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { api } from '../shared/api.mjs';

const admin = await connect();
const ID = 'a3bb189e-8bf9-4c4b-9f0e-1b1d2f6f7a10';
await admin.query(`CREATE TABLE users (id uuid PRIMARY KEY, name text, tags json, age int); INSERT INTO users VALUES ('${ID}', 'ann')`);
const before = await api(admin);
shows('an id', await before.get(`/users/${ID}`), '200 ann');
shows('/users/me, after /users/:id', await before.get('/users/me'), '500 22P02 invalid input syntax for type uuid: "me"');
shows('a value that is missing', await before.get(`/users/${undefined}`), '500 22P02 invalid input syntax for type uuid: "undefined"');
before.end();
const after = await api(admin, { fixed: true });
shows('the other order', await after.get('/users/me'), '200 you');
shows('looked at', await after.get(`/users/${undefined}`), '404 no such user');
shows('an id, as before', await after.get(`/users/${ID}`), '200 ann');
after.end();

shows('an empty field', await said(admin, 'INSERT INTO users (id, age) VALUES (gen_random_uuid(), $1)', ['']), '22P02 invalid input syntax for type integer: ""');
shows('null for an empty field', await said(admin, 'INSERT INTO users (id, age) VALUES (gen_random_uuid(), $1)', [null]), 'ok');
shows('a list for json', await said(admin, 'UPDATE users SET tags = $1', [['a', 'b']]), /^22P02 invalid input syntax for type json/);
shows('its text', await said(admin, 'UPDATE users SET tags = $1', [JSON.stringify(['a', 'b'])]), 'ok');
await disconnect();
