// A moment in a column without a zone moves by the difference of the zones of who writes and who
// reads. In a column with a zone it does not. A default of now() moves by the zone of the session.
import { connect, disconnect } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';
import { shift } from '../shared/zones.mjs';

const client = await connect();
await client.query('CREATE TABLE moments (id int PRIMARY KEY, plain timestamp, zoned timestamptz); INSERT INTO moments VALUES (1)');
shows('timestamp, UTC to UTC', shift('plain', 'UTC', 'UTC'), '0 h');
shows('timestamp, UTC to Chicago', shift('plain', 'UTC', 'America/Chicago'), '6 h');
shows('timestamp, Chicago to UTC', shift('plain', 'America/Chicago', 'UTC'), '-6 h');
shows('timestamp, Kolkata to UTC', shift('plain', 'Asia/Kolkata', 'UTC'), '5.5 h');
shows('timestamptz, UTC to Chicago', shift('zoned', 'UTC', 'America/Chicago'), '0 h');
shows('timestamptz, Kolkata to UTC', shift('zoned', 'Asia/Kolkata', 'UTC'), '0 h');
for (const zone of ['UTC', 'America/Chicago']) {
  await client.query(`SET TimeZone = '${zone}'`);
  await client.query('UPDATE moments SET plain = now(), zoned = now()');
  const { rows: [{ hours }] } = await client.query("SELECT round(extract(epoch FROM (plain - (zoned AT TIME ZONE 'UTC'))) / 3600) AS hours FROM moments");
  shows(`now() into timestamp, session in ${zone}`, `${hours} h`, zone === 'UTC' ? '0 h' : /^-[56] h$/);
}
await disconnect();
