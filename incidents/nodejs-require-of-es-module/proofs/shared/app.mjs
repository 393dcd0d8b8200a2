// Makes an application that requires a package, in two releases of the package: 4 is CommonJS, 5 is
// an ES module alone, as chalk, node-fetch, nanoid and many others did it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

const FILES = {
  4: { 'package.json': '{"name":"paint","version":"4.1.2","main":"index.js"}', 'index.js': "exports.red = (text) => `<${text}>`;\n" },
  5: { 'package.json': '{"name":"paint","version":"5.0.0","type":"module","exports":"./index.js"}', 'index.js': "export const red = (text) => `<${text}>`;\n" },
  6: { 'package.json': '{"name":"paint","version":"6.0.0","type":"module","exports":"./index.js"}', 'index.js': "await 0;\nexport const red = (text) => `<${text}>`;\n" },
};

/** Make the application in a folder. */
export function app(folder, version, files) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${folder}/node_modules/paint`, { recursive: true });
  for (const [name, text] of Object.entries(FILES[version])) writeFileSync(`${folder}/node_modules/paint/${name}`, text);
  for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
}

// Node.js before 20.19 and 22.12 cannot require an ES module; newer ones do as those did with this option.
const OLDER = process.allowedNodeEnvironmentFlags.has('--no-experimental-require-module') ? ['--no-experimental-require-module'] : [];

/** Start the application; return what it printed, or the code of its error. */
export function runs(folder, { older = true, file = 'app.js' } = {}) {
  const { stdout, stderr } = spawnSync(process.execPath, [...(older ? OLDER : []), '--no-warnings', file], { cwd: folder, encoding: 'utf8' });
  return stdout.trim() || (/code: '(\w+)'/.exec(stderr)?.[1] ?? /^(\w*Error: [^\n]*)/m.exec(stderr)?.[1] ?? stderr);
}
