// The commands of the runbook, with limits of a container that are below and above the heap.
import { writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';

const MB = 1048576;
for (const [label, limit, heap, expected] of [
  ['container 256 MB, heap 1000', 256 * MB, 1000, /^heap 10\d\d MB, container 256 MB: the heap is too large; exit 1$/],
  ['container 1024 MB, heap 600', 1024 * MB, 600, /^heap 6\d\d MB, container 1024 MB: fits; exit 0$/],
  ['no limit', 'max', 600, /^heap 6\d\d MB, no limit of a container; exit 0$/],
]) {
  writeFileSync('memory.max', `${limit}\n`);
  const values = { LIMIT_FILE: 'memory.max', NODE_OPTIONS: `--max-old-space-size=${heap}` };
  shows(label, await runbook('diagnosis-1', values), expected);
  shows(`${label}, check`, await runbook('check-heap-fits-the-container', values), expected);
}
