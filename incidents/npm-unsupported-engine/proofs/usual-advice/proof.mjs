// What is advised: --force. And what is believed: `engines` in one's own package.json keeps the wrong Node.js out.
import { shows } from '../helpers/runbook.mjs';
import { npm, project, started } from '../shared/project.mjs';

const forced = project('forced', { settings: 'engine-strict=true\n' });
shows('engine-strict and --force: npm install', await npm(forced, 'install', '--force'), /^(nothing|warning EBADENGINE), exit 0$/);
shows('the application', await started(forced), 'SyntaxError');
const own = project('own', { wants: '>=12', itself: '>=99' });
shows('the project itself wants a later Node.js: npm install', await npm(own, 'install'), 'warning EBADENGINE, exit 0');
shows('the application, started by node', await started(own), 'it runs');
const strict = project('own-strict', { wants: '>=12', itself: '>=99', settings: 'engine-strict=true\n' });
shows('the same with engine-strict: npm install', await npm(strict, 'install'), 'error EBADENGINE, exit 1');
process.exit(0);
