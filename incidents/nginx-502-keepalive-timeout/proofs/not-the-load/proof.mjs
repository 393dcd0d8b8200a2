// What is believed. Load: one request at a time fails. Scaling out: with three instances the POST fails,
// too, because nginx gives such a request to no other instance. A crash: the application goes on.
import { shows } from '../helpers/runbook.mjs';
import { application, network, nginx } from '../shared/proxy.mjs';

const apps = [await application(1), await application(1), await application(1)];
const proxy = await nginx(await Promise.all(apps.map((app) => network(app.port))));
shows('one request to each instance', (await Promise.all(apps.map(() => proxy.ask('GET')))).join(' '), '200 200 200');
await Promise.all(apps.map((app) => app.closed()));
shows('POST, one at a time, three instances', await proxy.ask('POST'), '502');
for (const app of apps) shows('asked directly, an instance', (await fetch(`http://127.0.0.1:${app.port}/`)).status, '200');
process.exit(0);
