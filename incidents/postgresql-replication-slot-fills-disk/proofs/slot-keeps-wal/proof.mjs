// The same work without a slot, with one that nobody reads, and after that one is dropped: the log
// stays small, grows with all that is written, and shrinks at the next checkpoint. With a limit for
// slots, it stays below that, and the slot is lost.
import { server } from '../shared/wal.mjs';
import { shows } from '../helpers/runbook.mjs';

const small = await server();
await small.work();
await small.work();
const without = small.segments();
shows('without a slot', without <= 8 ? 'stays small' : `${without} segments`, 'stays small');
await small.query("SELECT pg_create_logical_replication_slot('reports', 'pgoutput')");
await small.work();
const one = small.segments();
await small.work();
const two = small.segments();
shows('with a slot that nobody reads', two > one && one > without + 2 ? 'grows with what is written' : `${without}, ${one}, ${two}`, 'grows with what is written');
await small.query("SELECT pg_drop_replication_slot('reports')");
await small.query('CHECKPOINT');
await small.query('CHECKPOINT');
shows('slot dropped, after a checkpoint', small.segments() <= 10 ? 'small again' : small.segments(), 'small again');

await small.query("ALTER SYSTEM SET max_slot_wal_keep_size = '48MB'");
await small.query('SELECT pg_reload_conf()');
await small.query("SELECT pg_create_logical_replication_slot('reports', 'pgoutput')");
await small.work();
await small.work();
shows('with max_slot_wal_keep_size', small.segments() <= 12 ? 'stays below the limit' : small.segments(), 'stays below the limit');
shows('the slot then', (await small.query('SELECT wal_status FROM pg_replication_slots')).rows[0].wal_status, 'lost');
await small.end();
