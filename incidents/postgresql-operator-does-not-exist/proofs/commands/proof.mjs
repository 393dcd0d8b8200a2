// The commands of the runbook: the types of a column under its name in all tables, and references whose types differ.
import { connect, disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE TABLE users (id uuid PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, user_id varchar(36)); CREATE TABLE notes (id int, user_id uuid)`);
const types = (COLUMN) => runbook('diagnosis-1', { COLUMN });
shows('types', await types('user_id'), 'notes.user_id: uuid and orders.user_id: character varying(36); exit 0');
shows('types, with its table', await types('orders.user_id'), 'notes.user_id: uuid and orders.user_id: character varying(36); exit 0');
shows('types, none', await types('nothing'), 'nothing; exit 0');
shows('check, two types', await runbook('check-references-have-one-type'), 'user_id: notes uuid, orders character varying; exit 0');
shows('verification, two types', await runbook('verification-1', { COLUMN: 'user_id' }), '2 types; exit 0');
await admin.query('ALTER TABLE orders ALTER COLUMN user_id TYPE uuid USING user_id::uuid');
shows('check, one type', await runbook('check-references-have-one-type'), 'nothing; exit 0');
shows('verification, one type', await runbook('verification-1', { COLUMN: 'user_id' }), '1 types; exit 0');
await disconnect();
