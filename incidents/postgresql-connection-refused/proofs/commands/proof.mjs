// The commands of the runbook, with the database stopped, ready, and with a name that does not exist.
import { cluster } from '../helpers/cluster.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { writeFileSync } from 'node:fs';

const PORT = '5497';
const server = await cluster(["listen_addresses = '127.0.0.1'", `port = ${PORT}`]);
shows('ready', await runbook('diagnosis-1', { HOST: '127.0.0.1', PORT }), '127.0.0.1 is 127.0.0.1 and 127.0.0.1 port 5497: answers; exit 0');
shows('ready, verification', await runbook('verification-1', { HOST: '127.0.0.1', PORT }), /accepting connections; exit 0$/);
await server.stop();
shows('stopped', await runbook('diagnosis-1', { HOST: '127.0.0.1', PORT }), '127.0.0.1 is 127.0.0.1 and 127.0.0.1 port 5497: ECONNREFUSED; exit 1');
shows('stopped, verification', await runbook('verification-1', { HOST: '127.0.0.1', PORT }), /no response; exit 2$/);
shows('no such name', await runbook('diagnosis-1', { HOST: 'no-such-service.invalid', PORT }), /^no-such-service.invalid is (ENOTFOUND|EAI_AGAIN); exit 1$/);
writeFileSync('fault.yml', 'services:\n  app:\n    depends_on: [db]\n  db:\n    image: postgres:17\n');
writeFileSync('fixed.yml', 'services:\n  app:\n    depends_on:\n      db: { condition: service_healthy }\n  db:\n    image: postgres:17\n    healthcheck: { test: pg_isready -U postgres }\n');
shows('check, fault', await runbook('check-starts-when-the-database-is-ready', { COMPOSE: 'fault.yml' }), 'fault.yml: depends_on without condition: service_healthy; exit 1');
shows('check, fixed', await runbook('check-starts-when-the-database-is-ready', { COMPOSE: 'fixed.yml' }), 'fits; exit 0');
