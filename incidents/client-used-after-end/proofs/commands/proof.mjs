// The commands of the runbook, on sources, and on an application that ends its pool and one that does not.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { pool, said } from '../shared/clients.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

mkdirSync('src');
const look = (text) => { writeFileSync('src/orders.js', `${text}\n`); return runbook('diagnosis-1', { SOURCE: 'src' }); };
shows('an end in a handler', await look('await pool.query(sql);\nawait pool.end();'), 'src/orders.js:2:await pool.end();; exit 0');
shows('a connect that nobody awaits', await look('redisClient.connect();'), 'src/orders.js:1:redisClient.connect();; exit 0');
shows('others', await look('response.end();\nserver.close();\nstream.destroy();'), 'nothing; exit 1');

const serve = async (handler) => {
  const server = http.createServer(async (request, response) => { response.statusCode = (await said(handler)) === 'ok' ? 200 : 500; response.end(); });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}/`;
};
const run = (file, APP_URL) => new Promise((resolve) => {
  execFile('bash', [`../../commands/${file}.sh`], { env: { ...process.env, APP_URL } }, (error, stdout) => resolve(`${stdout.trim().replaceAll('\n', ' and ')}; exit ${error?.code ?? 0}`));
});
const wrong = pool();
const faulty = await serve(async () => { await wrong.query('SELECT 1'); await wrong.end(); });
shows('twice, fault', await run('verification-1', faulty), '200 and 500; exit 0');
const right = pool();
const mended = await serve(() => right.query('SELECT 1'));
shows('twice, fixed', await run('verification-1', mended), '200 and 200; exit 0');
shows('check, fixed', await run('check-second-request-works', mended), '200 and 200; exit 0');
process.exit(0);
