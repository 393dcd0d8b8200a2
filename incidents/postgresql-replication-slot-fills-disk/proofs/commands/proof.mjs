// The commands of the runbook: which slot keeps how much, dropping one that nobody uses, and none that
// somebody uses.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { server } from '../shared/wal.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const full = await server();
const values = { DATABASE_URL: full.url(), SLOT: 'reports' };
shows('no slot', await runbook('diagnosis-1', values), 'nothing; exit 0');
shows('no slot, check', await runbook('check-no-slot-falls-behind', { ...values, MEGABYTES: '1024' }), 'nothing; exit 0');
await full.query("SELECT pg_create_logical_replication_slot('reports', 'pgoutput')");
await full.query("SELECT pg_create_physical_replication_slot('standby', true)");
await full.work();
shows('slots', await runbook('diagnosis-1', values), /^((reports\|logical|standby\|physical)\|not used\|[0-9]+ MB\|\w+( and )?){2}; exit 0$/);
shows('check', await runbook('check-no-slot-falls-behind', { ...values, MEGABYTES: '20' }), /^reports\|[0-9]+ MB and standby\|[0-9]+ MB; exit 0$/);
const reader = spawn('pg_receivewal', ['-h', full.host, '-U', 'postgres', '-D', process.env.TMPDIR, '-S', 'standby', '--no-loop'], { stdio: 'ignore' });
for (let tries = 0; tries < 500 && !(await full.query("SELECT active FROM pg_replication_slots WHERE slot_name = 'standby'")).rows[0].active; tries += 1) await pause(10);
shows('drop one that is used', await runbook('mitigation-1', { ...values, SLOT: 'standby' }), 'CHECKPOINT; exit 0');
shows('drop one that nobody uses', await runbook('mitigation-1', values), 'dropped reports and CHECKPOINT; exit 0');
reader.kill('SIGTERM');
await full.query('CHECKPOINT');
shows('verification', await runbook('verification-1', values), /^[0-9]+ MB in [0-9]+ files; exit 0$/);
await full.end();
process.exit(0);
