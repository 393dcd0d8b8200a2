// The popular belief, tried: the ORM is wrong. The driver alone moves the moment in the same way,
// and Sequelize with a column that has a zone does not.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { shift } from '../shared/zones.mjs';

const client = await connect();
await client.query('CREATE TABLE moments (id int PRIMARY KEY, plain timestamp, zoned timestamptz); INSERT INTO moments VALUES (1)');
shows('pg alone, timestamp, UTC to Chicago', shift('plain', 'UTC', 'America/Chicago', 'pg'), '6 h');
shows('Sequelize, timestamp, UTC to Chicago', shift('plain', 'UTC', 'America/Chicago', 'sequelize'), '6 h');
shows('Sequelize, timestamp, Chicago to Chicago', shift('plain', 'America/Chicago', 'America/Chicago', 'sequelize'), '6 h');
shows('pg alone, timestamptz', shift('zoned', 'UTC', 'America/Chicago', 'pg'), '0 h');
shows('Sequelize, timestamptz', shift('zoned', 'UTC', 'America/Chicago', 'sequelize'), '0 h');
await client.query("ALTER DATABASE " + `"${process.env.PGDATABASE}"` + " SET TimeZone = 'America/Chicago'");
shows('the database set to Chicago, pg alone, timestamp, UTC to Chicago', shift('plain', 'UTC', 'America/Chicago', 'pg'), '6 h');
await disconnect();
