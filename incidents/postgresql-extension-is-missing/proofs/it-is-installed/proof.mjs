// What is believed, tried: CREATE EXTENSION IF NOT EXISTS. It says that the extension exists, in a schema that nobody looks into,
// and the function is not found. And the same in the database `postgres`, which is not that of the application.
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const as = (text, database = 'shop') => ask({ host, user: 'postgres', database }, text);
await as('CREATE DATABASE shop', 'postgres');
const MISSING = '42883 function uuid_generate_v4() does not exist';
shows('created in the database postgres', await as('CREATE EXTENSION "uuid-ossp"', 'postgres'), 'done');
shows('the application', await as('SELECT uuid_generate_v4()'), MISSING);
await as('CREATE SCHEMA extensions; CREATE EXTENSION "uuid-ossp" SCHEMA extensions');
shows('IF NOT EXISTS', await as('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"'), 'done');
shows('the application, after it', await as('SELECT uuid_generate_v4()'), MISSING);
await as('ALTER EXTENSION "uuid-ossp" SET SCHEMA public');
shows('moved to public', /^[0-9a-f]{8}-/.test(await as('SELECT uuid_generate_v4()')) ? 'an id' : 'none', 'an id');
await stop();
