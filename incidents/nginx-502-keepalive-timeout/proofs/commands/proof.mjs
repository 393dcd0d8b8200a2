// The commands of the runbook, on the logs of a real nginx and the answers of a real Node.js.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { application, network, nginx } from '../shared/proxy.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const app = await application(1);
const proxy = await nginx([await network(app.port)]);
await proxy.ask('GET');
const minute = (ago) => new Date(Date.now() - ago * 60_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace('T', ' ');
const values = { SINCE: minute(60), ERROR_LOG: `${proxy.home}/error.log`, ACCESS_LOG: `${proxy.home}/access.log`, PROXY_SECONDS: '60' };
shows('error log before', await runbook('diagnosis-1', values), 'nothing; exit 1');
shows('access log before', await runbook('verification-1', values), 'nothing; exit 0');
await proxy.ask('GET');
await app.closed();
await proxy.ask('POST');
while (!readFileSync(values.ACCESS_LOG, 'utf8').includes(' 502 ')) await pause(5); // nginx logs when it has answered
shows('error log', await runbook('diagnosis-1', values), /^1 "POST \/ HTTP\/1.1"; exit 0$/);
shows('access log', await runbook('verification-1', values), /"POST \/ HTTP\/1.1" 502 .*; exit 0$/);
shows('access log since a change in ten minutes', await runbook('verification-1', { ...values, SINCE: minute(-10) }), 'nothing; exit 0');
const usual = await application();
shows('Node.js as it is', await runbook('diagnosis-2', { ...values, APP_URL: `http://127.0.0.1:${usual.port}/` }), '5 s, shorter than the proxy; exit 0');
const mended = await application(65000);
shows('Node.js mended', await runbook('diagnosis-2', { ...values, APP_URL: `http://127.0.0.1:${mended.port}/` }), '65 s, longer than the proxy; exit 0');
shows('check', await runbook('check-node-waits-longer-than-proxy', { ...values, APP_URL: `http://127.0.0.1:${mended.port}/` }), '65 s, longer than the proxy; exit 0');
process.exit(0);
