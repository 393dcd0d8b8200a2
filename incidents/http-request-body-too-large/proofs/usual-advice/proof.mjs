// What is advised: add a line with a larger limit. The first parser has read and refused the body before the second is asked.
import express from 'express';
import { shows } from '../helpers/runbook.mjs';
import { application, send } from '../shared/site.mjs';

const added = await application((app) => app.use(express.json()), (app) => app.use(express.json({ limit: '50mb' })));
shows('a second parser with a larger limit', await send(added.url, 200_000), '413 from the application');
shows('requests that came through', added.came, '0');
const changed = await application((app) => app.use(express.json({ limit: '50mb' })));
shows('the first parser has the larger limit', await send(changed.url, 200_000), '200 from the application');
const other = await application((app) => app.use(express.urlencoded({ extended: true, limit: '50mb' })), (app) => app.use(express.json()));
shows('a larger limit of another parser', await send(other.url, 200_000), '413 from the application');

// One route alone: its parser stands before that of all.
const route = await application(
  (app) => app.post('/import', express.json({ limit: '5mb' }), (request, response) => response.json({ length: request.body.length })),
  (app) => app.use(express.json()),
);
shows('a limit of one route: this route', await send(route.url, 200_000, '/import'), '200 from the application');
shows('a limit of one route: the others', await send(route.url, 200_000), '413 from the application');
process.exit(0);
