// A function of an extension, in a database without it, in one whose extension is in another schema, and on a server that has
// not its files. And the function that PostgreSQL has by itself.
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const as = (text, database = 'shop', more = {}) => ask({ host, user: 'postgres', database, ...more }, text);
await as('CREATE DATABASE shop', 'postgres');
await as('CREATE DATABASE other', 'postgres');
const MISSING = '42883 function uuid_generate_v4() does not exist';
shows('without the extension', await as('SELECT uuid_generate_v4()'), MISSING);
shows('a default in a migration', await as('CREATE TABLE orders (id uuid DEFAULT uuid_generate_v4())'), MISSING);
shows('by itself, since version 13', /^[0-9a-f]{8}-/.test(await as('SELECT gen_random_uuid()')) ? 'an id' : 'none', 'an id');
shows('no files on the server', await as('CREATE EXTENSION no_such_extension'), /^(0A000 extension "no_such_extension" is not available|58P01 could not open extension control file)/);

await as('CREATE EXTENSION "uuid-ossp"', 'other');
shows('created in another database', await as('SELECT uuid_generate_v4()'), MISSING);
await as('CREATE SCHEMA extensions; CREATE EXTENSION "uuid-ossp" SCHEMA extensions');
shows('created in another schema', await as('SELECT uuid_generate_v4()'), MISSING);
shows('with its schema', /^[0-9a-f]{8}-/.test(await as('SELECT extensions.uuid_generate_v4()')) ? 'an id' : 'none', 'an id');
await as('ALTER DATABASE shop SET search_path = public, extensions');
shows('with the schema in the path', /^[0-9a-f]{8}-/.test(await as('SELECT uuid_generate_v4()')) ? 'an id' : 'none', 'an id');
await stop();
