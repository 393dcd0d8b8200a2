// The commands of the runbook, on a project whose package does not fit, and on one whose does.
import { writeFileSync } from 'node:fs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { ENV, npm, project } from '../shared/project.mjs';

for (const [name, wants] of [['fault', '>=99'], ['mended', '>=12']]) {
  const folder = project(name, { wants });
  await npm(folder, 'install');
  const values = { ...ENV, BACKEND: folder };
  const fault = name === 'fault';
  shows(`${name}: what does not fit`, await runbook('diagnosis-1', values), fault ? /^node v.*later@1\.0\.0: node >=99; exit 1$/ : /^node v[0-9.]+ in [^ ]+; exit 0$/);
  // The verification and the check are one command.
  shows(`${name}: verification and check`, await runbook(fault ? 'verification-1' : 'check-engines-fit', values), fault ? /exit 1$/ : /; exit 0$/);
}
const strict = () => runbook('check-engines-are-strict', { BACKEND: 'mended' });
shows('check of the settings, fault', await strict(), 'mended/.npmrc has no engine-strict=true; exit 1');
writeFileSync('mended/.npmrc', 'engine-strict = true\n');
shows('check of the settings, fixed', await strict(), 'nothing; exit 0');
process.exit(0);
