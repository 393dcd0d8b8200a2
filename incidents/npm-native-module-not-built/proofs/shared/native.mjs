// A project whose package must be compiled, and the real npm on a machine without Python and compilers.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

const HOME = `${process.env.TMPDIR}/npm-home`;
const BARE = `${process.env.TMPDIR}/bare`; // programs of a slim image: Node.js, npm and a shell
mkdirSync(HOME, { recursive: true });
mkdirSync(BARE, { recursive: true });
writeFileSync(`${HOME}/.npmrc`, 'offline=true\naudit=false\nfund=false\nupdate-notifier=false\ninstall-links=true\n');
const where = (name) => execFileSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
for (const name of ['node', 'npm', 'sh', 'bash', 'env', 'uname', 'grep', 'find', 'head', 'sort', 'sed', 'od', 'tr']) symlinkSync(where(name), `${BARE}/${name}`);

/** The environment of such a machine. */
export const ENV = { PATH: BARE, HOME, npm_config_globalconfig: `${HOME}/none` };
const run = (command, words, cwd, env = ENV) => new Promise((resolve) => {
  execFile(command, words, { cwd, env }, (error, stdout, stderr) => resolve({ exit: error?.code ?? 0, text: stdout + stderr }));
});

/** Make a project; `how` is the key of package.json that names its package, which falls back to JavaScript when `falls`. */
export function project(name, { how = 'dependencies', falls = false } = {}) {
  rmSync(name, { recursive: true, force: true });
  mkdirSync(`${name}/packages/adds`, { recursive: true });
  writeFileSync(`${name}/package.json`, JSON.stringify({ name, version: '1.0.0', [how]: { adds: 'file:./packages/adds' } }));
  const folder = `${name}/packages/adds`;
  writeFileSync(`${folder}/package.json`, JSON.stringify({ name: 'adds', version: '1.0.0', gypfile: true, scripts: { install: 'node-gyp rebuild' } }));
  writeFileSync(`${folder}/binding.gyp`, '{ "targets": [{ "target_name": "adds", "sources": ["adds.c"] }] }');
  writeFileSync(`${folder}/adds.c`, '#include <node_api.h>\nstatic napi_value Init(napi_env env, napi_value exports) { return exports; }\nNAPI_MODULE(NODE_GYP_MODULE_NAME, Init)\n');
  writeFileSync(`${folder}/index.js`, "module.exports = require('./build/Release/adds.node');\n");
  writeFileSync(`${name}/server.js`, falls
    ? "let add;\ntry { add = require('adds'); } catch { add = (a, b) => a + b; }\nconsole.log('it runs');\n"
    : "require('adds');\nconsole.log('it runs');\n");
  return name;
}

/** Run npm in a project; return what node-gyp says, and how it ended. */
export async function npm(folder, ...words) {
  const { exit, text } = await run('npm', words, folder);
  return `${/gyp ERR! find Python/.test(text) ? 'gyp ERR! find Python' : 'nothing of gyp'}, exit ${exit}`;
}

/** Start a project; return what it says, or the beginning of its error. */
export async function started(folder) {
  const { text } = await run('node', ['server.js'], folder);
  return text.match(/^Error: (Cannot find module|.*invalid ELF header)/m)?.[1].replace(/^\S+: /, '') ?? text.trim().split('\n')[0];
}

/** Put a module in place as macOS builds it, as a mounted or copied node_modules has it. */
export function foreign(folder) {
  const release = `${folder}/node_modules/adds/build/Release`;
  mkdirSync(release, { recursive: true });
  writeFileSync(`${release}/adds.node`, Buffer.concat([Buffer.from('cffaedfe0c00000100000000', 'hex'), Buffer.alloc(8192)]));
}

