// Two limits on the way, each with its own answer: 1 MB in nginx, 100 kB in Express, unless they are set.
import express from 'express';
import { nginx } from '../helpers/nginx.mjs';
import { shows } from '../helpers/runbook.mjs';
import { application, send } from '../shared/site.mjs';

const front = (app, limit = '') => nginx(`location / { ${limit} proxy_pass ${app.url}; }`);
const usual = await application((app) => app.use(express.json()));
const large = await application((app) => app.use(express.json({ limit: '5mb' })));
const as_is = await front(usual);
shows('as they are: 50 kB', await send(as_is.url, 50_000), '200 from the application');
shows('as they are: 200 kB', await send(as_is.url, 200_000), '413 from the application');
shows('as they are: 2 MB', await send(as_is.url, 2_000_000), '413 from nginx');
shows('in the log of nginx', as_is.errors().match(/client intended to send too large body: [0-9]+ bytes/)?.[0], /2000004 bytes$/);
shows('only Express allows 5 MB: 2 MB', await send((await front(large)).url, 2_000_000), '413 from nginx');
shows('only nginx allows 5 MB: 2 MB', await send((await front(usual, 'client_max_body_size 5m;')).url, 2_000_000), '413 from the application');
const both = await front(large, 'client_max_body_size 5m;');
shows('both allow 5 MB: 2 MB', await send(both.url, 2_000_000), '200 from the application');
shows('both allow 5 MB: 6 MB', await send(both.url, 6_000_000), '413 from nginx');
process.exit(0);
