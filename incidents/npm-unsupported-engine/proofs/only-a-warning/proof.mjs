// npm installs what does not fit, with a warning, and the application fails when it starts. With engine-strict, npm refuses.
import { shows } from '../helpers/runbook.mjs';
import { npm, project, started } from '../shared/project.mjs';

const usual = project('usual');
shows('a package wants a later Node.js: npm install', await npm(usual, 'install'), 'warning EBADENGINE, exit 0');
shows('the application', await started(usual), 'SyntaxError');
const strict = project('strict', { settings: 'engine-strict=true\n' });
shows('with engine-strict: npm install', await npm(strict, 'install'), 'error EBADENGINE, exit 1');
const fits = project('fits', { wants: '>=12', settings: 'engine-strict=true\n' });
shows('a version of the package that fits: npm install', await npm(fits, 'install'), 'nothing, exit 0');
shows('the application', await started(fits), 'it runs');
process.exit(0);
