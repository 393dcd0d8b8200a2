// The commands of the runbook, on the log of real processes and on code with and without the fault.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

const program = (use) => `
import pg from 'pg';
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
function total(result) { return ${use}; }
client.query('SELECT price FROM articles', (error, result) => {
  if (error) console.error(error.message);
  console.log(total(result));
  client.end();
});
`;
const log = (use) => {
  writeFileSync('orders.mjs', program(use));
  const { stdout, stderr } = spawnSync(process.execPath, ['orders.mjs'], { encoding: 'utf8' });
  writeFileSync('app.log', stdout + stderr);
};
const values = { LOG: 'app.log' };
log('result.rows[0].price');
shows('own line', await runbook('diagnosis-1', values), /^TypeError: Cannot read properties of undefined \(reading 'rows'\) and +at total \(.*orders\.mjs:5:\d+\); exit 0$/);
shows('the error before', await runbook('diagnosis-2', values), /relation "articles" does not exist.*; exit 0$/);
shows('verification, fault', await runbook('verification-1', values), /Cannot read.*; exit 1$/);
log('result ? result.rows.length : "no articles"');
shows('own line, fixed', await runbook('diagnosis-1', values), 'nothing; exit 1');
shows('verification, fixed', await runbook('verification-1', values), 'nothing; exit 0');
writeFileSync('app.log', "Error: connect ECONNREFUSED 127.0.0.1:5432\nTypeError: Cannot read property 'rows' of undefined\n    at Query.callback (/app/node_modules/db/index.js:80:16)\n");
shows('only a package', await runbook('diagnosis-1', values), /and no line of your own code; exit 0$/);
shows('the error before it', await runbook('diagnosis-2', values), 'Error: connect ECONNREFUSED 127.0.0.1:5432; exit 0');

for (const [folder, text] of [['fault', 'const total = result.rows[0].price * count;\n'], ['fixed', 'const [article] = result.rows;\n']]) {
  mkdirSync(folder);
  writeFileSync(`${folder}/orders.js`, text);
  shows(`check, ${folder}`, await runbook('check-first-row-is-looked-at', { BACKEND: folder }), folder === 'fault' ? /^fault\/orders\.js:1:/ : 'nothing; exit 1');
}
