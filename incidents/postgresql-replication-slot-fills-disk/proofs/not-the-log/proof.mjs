// The popular advice, tried: rotate and delete the server's log files, restart the server, VACUUM. None
// of them removes a segment that the slot keeps.
import { writeFileSync } from 'node:fs';
import { server } from '../shared/wal.mjs';
import { shows } from '../helpers/runbook.mjs';

const full = await server();
await full.query("SELECT pg_create_logical_replication_slot('reports', 'pgoutput')");
await full.work();
const before = full.segments();
const kept = async (label) => {
  await full.query('CHECKPOINT');
  shows(label, full.segments() >= before ? 'nothing is freed' : 'freed', 'nothing is freed');
};
writeFileSync(`${full.host}/log`, '');
await kept('log of the server emptied');
await full.query('VACUUM FULL work');
await kept('VACUUM FULL');
await full.query("ALTER SYSTEM SET max_wal_size = '32MB'");
await full.restart();
await kept('server restarted, max_wal_size 32MB');
await full.query("SELECT pg_drop_replication_slot('reports')");
await full.query('CHECKPOINT');
await full.query('CHECKPOINT');
shows('slot dropped', full.segments() < before ? 'freed' : 'nothing is freed', 'freed');
await full.end();
