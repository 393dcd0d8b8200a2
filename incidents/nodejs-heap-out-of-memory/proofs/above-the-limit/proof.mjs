// The popular advice, tried: --max-old-space-size above the limit of the container. The process is then
// killed without a word, instead of ending with an error that names the heap. Below the limit, with
// room for the rest, it ends with the error, and can write a snapshot of its heap.
import { readdirSync } from 'node:fs';
import { run } from '../shared/limit.mjs';
import { shows } from '../helpers/runbook.mjs';

const above = await run(2000, { memory: 220 });
shows('limit of the container 220 MB, heap 2000 MB', above.ended, 'SIGKILL');
shows('its log', above.log.includes('heap out of memory') ? 'names the heap' : 'says nothing', 'says nothing');
const below = await run(96, { memory: 220 });
shows('limit of the container 220 MB, heap 96 MB', below.ended, 'SIGABRT');
shows('its log', below.log.includes('heap out of memory') ? 'names the heap' : 'says nothing', 'names the heap');
await run(48, { options: ['--heapsnapshot-near-heap-limit=1', `--diagnostic-dir=${process.cwd()}`] });
shows('snapshots of the heap', readdirSync('.').filter((name) => name.endsWith('.heapsnapshot')).length, '1');
