// Which name a client asks for, and which server answers.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ask } from '../shared/app.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { shows } from '../helpers/runbook.mjs';

for (const name of ['DATABASE_URL', 'PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE']) delete process.env[name];
const [meant, other] = [await cluster([], { name: 'a' }), await cluster([], { name: 'b' })];
for (const { host } of [meant, other]) await ask({ host, user: 'postgres', database: 'postgres' }, 'CREATE ROLE app LOGIN');
const create = (text) => ask({ host: meant.host, user: 'postgres', database: 'postgres' }, text);
await create('CREATE DATABASE shop');
await create('CREATE DATABASE Orders');
const at = { host: meant.host, user: 'app' };
shows('no database', await ask(at), '3D000 database "app" does not exist');
shows('an unknown option, dbName', await ask({ ...at, dbName: 'shop' }), '3D000 database "app" does not exist');
shows('database', await ask({ ...at, database: 'shop' }), 'connected to shop');
shows('another case', await ask({ ...at, database: 'Orders' }), '3D000 database "Orders" does not exist');
shows('the case that the server made of it', await ask({ ...at, database: 'orders' }), 'connected to orders');
shows('with a line end', await ask({ ...at, database: 'shop\n' }), '3D000 database "shop\n" does not exist');
shows('another server', await ask({ host: other.host, user: 'app', database: 'shop' }), '3D000 database "shop" does not exist');

// node-postgres takes the user of the process; it is read when the library is loaded.
const code = `import { ask } from '${new URL('../shared/app.mjs', import.meta.url)}'; console.log(await ask({ host: '${meant.host}', database: 'shop' }));`;
const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', env: { ...process.env, USER: 'root-of-the-container' } });
shows('no user', stdout.trim(), '28000 role "root-of-the-container" does not exist');
const psql = spawnSync('psql', ['-X', '-h', meant.host, '-U', 'app'], { encoding: 'utf8', input: '' });
shows('psql, no database', /database "app" does not exist/.exec(psql.stderr)?.[0], 'database "app" does not exist');

const ready = spawnSync('pg_isready', ['-h', meant.host, '-U', 'nobody-here'], { encoding: 'utf8' });
shows('health check without names', /accepting connections/.exec(ready.stdout)?.[0], 'accepting connections');
shows('its line in the log', /role "nobody-here" does not exist/.exec(readFileSync(`${meant.host}/log`, 'utf8'))?.[0], 'role "nobody-here" does not exist');
await Promise.all([meant.stop(), other.stop()]);
