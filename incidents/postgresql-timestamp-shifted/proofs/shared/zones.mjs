// One moment, written by a process in one zone and read by a process in another.
import { execFileSync } from 'node:child_process';

const file = new URL('moment.cjs', import.meta.url).pathname;
const run = (zone, ...words) => execFileSync(process.execPath, [file, ...words], { encoding: 'utf8', env: { ...process.env, TZ: zone } }).trim();

/** Return by how many hours the moment has moved. */
export function shift(column, writer, reader, library = 'pg') {
  run(writer, 'write', column, library);
  return `${(new Date(run(reader, 'read', column, library)) - new Date('2026-01-15T12:00:00Z')) / 3600000} h`;
}
