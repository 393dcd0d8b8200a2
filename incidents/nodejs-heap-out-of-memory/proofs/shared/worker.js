// Handles "requests" and keeps something of each: for ever, or the last 200 of them. Prints how many it
// has handled.
const kept = new Map();
const bound = process.env.BOUND === 'yes' ? 200 : Infinity;
const total = Number(process.env.REQUESTS ?? Infinity);
for (let request = 1; request <= total; request += 1) {
  kept.set(request, Array.from({ length: 6000 }, (_, i) => i + 0.5));
  if (kept.size > bound) kept.delete(kept.keys().next().value);
  if (request % 50 === 0) require('fs').writeSync(1, `${request}\n`);
}
require('fs').writeSync(1, 'all handled\n');
