// The commands of the runbook, on services that keep idle connections for different times, and on one that cuts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { service } from '../shared/service.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const values = (port, more = {}) => ({ SERVICE_URL: `http://127.0.0.1:${port}/`, CLIENT_SECONDS: '4', SOURCE: 'src', ...more });
const quick = await service();
const slow = await service({ idle: 20_000 });
const whole = (text) => text.replace(/after [0-9]+ s/, 'after SOME s');
shows('closes early', whole(await runbook('diagnosis-1', values(quick.port))), 'answers 200 and closed the idle connection after SOME s, sooner than the client (4 s); exit 1');
shows('keeps it', whole(await runbook('diagnosis-1', values(slow.port, { CLIENT_SECONDS: '1' }))), 'answers 200 and keeps an idle connection longer than the client (1 s); exit 0');
shows('cuts', await runbook('diagnosis-1', values((await service({ cut: true })).port)), 'ECONNRESET on a new connection; exit 2');
shows('verification', whole(await runbook('verification-1', values(slow.port, { CLIENT_SECONDS: '1' }))), 'answers 200 and keeps an idle connection longer than the client (1 s); exit 0');
mkdirSync('src');
writeFileSync('src/client.js', 'const agent = new https.Agent({ keepAlive: true });\n');
shows('check, fault', await runbook('check-idle-connections-have-a-time-out', values(0)), 'src/client.js:1:const agent = new https.Agent({ keepAlive: true });; exit 0');
writeFileSync('src/client.js', 'const agent = new https.Agent({ keepAlive: true, timeout: 4000 });\n');
shows('check, fixed', await runbook('check-idle-connections-have-a-time-out', values(0)), 'nothing; exit 1');
process.exit(0);
