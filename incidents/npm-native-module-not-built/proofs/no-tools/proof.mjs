// A package that must be compiled, on a machine that cannot; and one that was built on another system.
import { shows } from '../helpers/runbook.mjs';
import { foreign, npm, project, started } from '../shared/native.mjs';

const usual = project('usual');
shows('npm install', await npm(usual, 'install'), 'gyp ERR! find Python, exit 1');

const copied = project('copied');
await npm(copied, 'install', '--ignore-scripts');
foreign(copied);
shows('node_modules of another system', await started(copied), 'invalid ELF header');

const optional = project('optional', { how: 'optionalDependencies', falls: true });
shows('an optional package: npm install', await npm(optional, 'install'), /, exit 0$/);
shows('the application, which goes on without it', await started(optional), 'it runs');
process.exit(0);
