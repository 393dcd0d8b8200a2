// Another process of the same user has used up the watchers. Watching fails with ENOSPC, and writing does not.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statfsSync, watch, writeFileSync } from 'node:fs';
import { FOLDER, fill, tried } from '../shared/full.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

if (process.argv[2] === 'watch all') {
  let count = 0;
  const root = '/dev/shm/watched';
  mkdirSync(root, { recursive: true });
  const said = tried(() => {
    for (; ; count += 1) {
      mkdirSync(`${root}/${count}`);
      watch(`${root}/${count}`, () => {});
    }
  });
  process.send({ count, said });
  process.once('message', () => process.exit(0));
} else {
  const limit = Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8'));
  const other = fork(process.argv[1], ['watch all']);
  const [{ count, said }] = await once(other, 'message');
  shows('another process, at the limit', said, 'ENOSPC: System limit for number of file watchers reached, watch');
  shows('its watchers are nearly as many as the limit', count > limit * 0.9 && count <= limit, 'true');
  shows('one watcher here', tried(() => watch('.', () => {}).close()), 'ENOSPC: System limit for number of file watchers reached, watch');
  shows('writing a file of 1 MB meanwhile', tried(() => writeFileSync('file', 'x'.repeat(1e6))), 'done');
  const { bavail, bsize } = statfsSync('.');
  shows('free space on this disk', bavail * bsize > 1e7 ? 'more than 10 MB' : 'less than 10 MB', 'more than 10 MB');
  shows('diagnosis', (await runbook('diagnosis-1', { FOLDER: '.' })).replace(/[0-9]{5,} of [0-9]{5,}/, 'ALL of ALL'), /^space: [1-9].* and inodes: [1-9].* and watchers: ALL of ALL; exit 0$/);
  shows('who watches', await runbook('diagnosis-2'), new RegExp(`^${count} ${other.pid} .*node`));
  other.send('end');
  await once(other, 'exit');
  shows('the other process has ended: one watcher here', tried(() => watch('.', () => {}).close()), 'done');
  fill();
  shows('diagnosis of a full disk', await runbook('diagnosis-1', { FOLDER }), /^space: 0 MiB free, 100% used on \/dev\/shm and inodes: [1-9].* and watchers: [0-9]{1,3} of /);
}
