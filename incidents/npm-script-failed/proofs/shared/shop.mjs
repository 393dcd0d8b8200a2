// An application with scripts, and a compiler that is a package for development. No registry is needed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NPM_6 = fileURLToPath(new URL('../node_modules/npm/bin/npm-cli.js', import.meta.url));
const REASON = "console.error('Error: DATABASE_HOST is not set'); process.exit(3)";
const SCRIPTS = { build: 'compile src', migrate: `node -e "if (!process.env.DATABASE_HOST) { ${REASON} }"` };

/** Make the application in a folder of this name, with nothing installed. */
export function shop(folder) {
  mkdirSync('compiler', { recursive: true });
  writeFileSync('compiler/package.json', JSON.stringify({ name: 'compiler', version: '1.0.0', bin: { compile: 'compile.js' } }));
  writeFileSync('compiler/compile.js', "#!/usr/bin/env node\nconsole.log('compiled');\n", { mode: 0o755 });
  mkdirSync(folder, { recursive: true });
  const manifest = { name: 'shop', version: '1.2.0', scripts: SCRIPTS, devDependencies: { compiler: 'file:../compiler' } };
  writeFileSync(`${folder}/package.json`, JSON.stringify(manifest));
}

/** Run a program in a folder; return what it printed, and its exit code. */
export function run(folder, words, env = {}) {
  const all = { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false', ...env };
  const { status, stdout, stderr } = spawnSync(words[0], words.slice(1), { cwd: folder, env: all, encoding: 'utf8' });
  return { text: stdout + stderr, code: `exit ${status}` };
}

export const npm = (folder, words, env) => run(folder, ['npm', ...words], env);
export const npm6 = (folder, words, env) => run(folder, [process.execPath, NPM_6, ...words], env);
export const shell = (folder, script, env) => run(folder, ['sh', '-c', SCRIPTS[script]], env);
