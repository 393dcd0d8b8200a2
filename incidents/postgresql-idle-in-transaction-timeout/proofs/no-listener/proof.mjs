// A client that was taken out of the pool has nobody who listens for its errors: when the server ends
// its session, the event is not handled, and the whole process ends.
import { spawnSync } from 'node:child_process';
import { shows } from '../helpers/runbook.mjs';

const { status, stderr, stdout } = spawnSync('node', ['server.mjs'], { encoding: 'utf8' });
shows('exit code', status, '1');
shows('printed', stdout.trim() || 'nothing', 'nothing');
shows('error', stderr.match(/^error: .*$/m)?.[0], 'error: terminating connection due to idle-in-transaction timeout');
shows('event', /Emitted 'error' event on (?:Client|BoundPool)/.test(stderr), 'true');
