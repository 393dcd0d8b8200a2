// A project with a package that was written for a later Node.js, installed by the real npm without a network.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

export const HOME = `${process.env.TMPDIR}/npm-home`;
mkdirSync(HOME, { recursive: true });
writeFileSync(`${HOME}/.npmrc`, 'offline=true\naudit=false\nfund=false\nupdate-notifier=false\n');

/** The environment of npm: its own settings, and those of nobody else. */
export const ENV = { PATH: process.env.PATH, HOME, npm_config_globalconfig: `${HOME}/none` };

const run = (command, words, cwd) => new Promise((resolve) => {
  execFile(command, words, { cwd, env: ENV }, (error, stdout, stderr) => resolve({ exit: error?.code ?? 0, text: stdout + stderr }));
});

/** Make a project whose package, and which itself, wants a version of Node.js; no version fits `>=99`. */
export function project(name, { wants = '>=99', itself, settings = '' } = {}) {
  rmSync(name, { recursive: true, force: true });
  mkdirSync(`${name}/later`, { recursive: true });
  const own = { name, version: '1.0.0', private: true, dependencies: { later: 'file:./later' }, ...(itself && { engines: { node: itself } }) };
  writeFileSync(`${name}/package.json`, JSON.stringify(own));
  writeFileSync(`${name}/.npmrc`, settings);
  writeFileSync(`${name}/later/package.json`, JSON.stringify({ name: 'later', version: '1.0.0', engines: { node: wants } }));
  // Decorators are in no Node.js yet; a version that has them would have them behind `>=99`.
  writeFileSync(`${name}/later/index.js`, wants === '>=99' ? '@sealed class Order {}\nmodule.exports = Order;\n' : 'module.exports = class Order {};\n');
  writeFileSync(`${name}/server.js`, "require('later');\nconsole.log('it runs');\n");
  return name;
}

/** Run npm in a project; return what it said of engines, and how it ended. */
export async function npm(folder, ...words) {
  const { exit, text } = await run('npm', words, folder);
  const said = /code EBADENGINE/.test(text) ? 'error EBADENGINE' : /EBADENGINE/.test(text) ? 'warning EBADENGINE' : 'nothing';
  return `${said}, exit ${exit}`;
}

/** Start a project; return what it says, or the kind of its error. */
export async function started(folder) {
  const { text } = await run('node', ['server.js'], folder);
  return text.match(/^(\w*Error): /m)?.[1] ?? text.trim();
}
