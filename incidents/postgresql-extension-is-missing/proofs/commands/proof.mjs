// The commands of the runbook: what the server and the database have, where a function is, and creating the extension.
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const { host, stop } = await cluster();
const as = (text, database = 'shop') => ask({ host, user: 'postgres', database }, text);
await as('CREATE DATABASE shop', 'postgres');
const DATABASE_URL = `postgres://postgres@/shop?host=${encodeURIComponent(host)}`;
const extension = (EXTENSION = 'uuid-ossp') => runbook('diagnosis-1', { DATABASE_URL, OWNER_URL: DATABASE_URL, EXTENSION });
const values = { DATABASE_URL, OWNER_URL: DATABASE_URL, EXTENSION: 'uuid-ossp', FUNCTION: 'uuid_generate_v4' };
shows('not created', await extension(), 'shop: uuid-ossp is on the server, and not created in this database; exit 0');
shows('not on the server', await extension('nowhere'), 'shop: nowhere is not on the server; exit 0');
shows('function, nowhere', await runbook('diagnosis-2', values), 'nothing; exit 0');
shows('check, nowhere', await runbook('check-function-is-found', values), 'nothing; exit 1');
shows('create', await runbook('mitigation-1', values), 'CREATE EXTENSION; exit 0');
shows('created', await extension(), /^shop: uuid-ossp [\d.]+ in schema public, which the search_path has; exit 0$/);
shows('check, found', await runbook('check-function-is-found', values), 'uuid_generate_v4; exit 0');
shows('verification', await runbook('verification-1', values), 'uuid_generate_v4; exit 0');
shows('removed', await runbook('mitigation-1-rollback', values), 'DROP EXTENSION; exit 0');
await as('CREATE SCHEMA extensions; CREATE EXTENSION "uuid-ossp" SCHEMA extensions');
shows('another schema', await extension(), /in schema extensions, which the search_path has not; exit 0$/);
shows('function, there', await runbook('diagnosis-2', values), 'extensions.uuid_generate_v4() of uuid-ossp; exit 0');
await stop();
