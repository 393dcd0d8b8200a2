// A registry of packages on this machine, and projects that use it: npm itself runs, without the
// network. `paint` has versions 1 and 2, `paint-plugin` needs version 1 as its peer.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';

const PACKAGES = [
  { name: 'paint', version: '1.0.0', text: "exports.red = (text) => 'red ' + text;" },
  { name: 'paint', version: '1.1.0', text: "exports.red = (text) => 'red ' + text;" },
  { name: 'paint', version: '2.0.0', text: "exports.color = { red: (text) => 'red ' + text };" },
  { name: 'paint-plugin', version: '1.0.0', peerDependencies: { paint: '^1.0.0' }, text: "exports.title = () => require('paint').red('title');" },
  { name: 'paint-plugin', version: '2.0.0', peerDependencies: { paint: '^2.0.0' }, text: "exports.title = () => require('paint').color.red('title');" },
];

/** Start the registry; return functions that run npm and node in projects. */
export async function registry() {
  const home = `${process.env.TMPDIR}/registry`;
  mkdirSync(home, { recursive: true });
  const found = {};
  for (const { text, ...manifest } of PACKAGES) {
    const folder = `${home}/package`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    writeFileSync(`${folder}/package.json`, JSON.stringify({ ...manifest, main: 'index.js' }));
    writeFileSync(`${folder}/index.js`, text);
    const file = `${manifest.name}-${manifest.version}.tgz`;
    spawnSync('tar', ['-czf', file, 'package'], { cwd: home });
    const data = readFileSync(`${home}/${file}`);
    (found[manifest.name] ??= {})[manifest.version] = { ...manifest, file, data, integrity: `sha512-${createHash('sha512').update(data).digest('base64')}` };
  }
  const server = http.createServer((request, response) => {
    const host = `http://${request.headers.host}`;
    const path = decodeURIComponent(request.url.slice(1));
    const tarball = Object.values(found).flatMap(Object.values).find(({ file }) => path === file);
    if (tarball) return response.end(tarball.data);
    if (!found[path]) { response.statusCode = 404; return response.end('{}'); }
    const versions = Object.fromEntries(Object.entries(found[path]).map(([version, { file, data, integrity, ...manifest }]) =>
      [version, { ...manifest, dist: { tarball: `${host}/${file}`, integrity } }]));
    return response.end(JSON.stringify({ name: path, 'dist-tags': { latest: Object.keys(versions).at(-1) }, versions }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = {
    ...process.env, npm_config_registry: `http://127.0.0.1:${server.address().port}/`, npm_config_update_notifier: 'false',
    npm_config_audit: 'false', npm_config_fund: 'false', npm_config_fetch_retries: '0',
  };
  const run = async (folder, program, words) => {
    const child = spawn(program, words, { cwd: folder, env });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { text += data; });
    const [code] = await once(child, 'close');
    const error = /npm (?:ERR!|error) code (\w+)/.exec(text)?.[1];
    return { code, text, how: code === 0 ? 'ok' : error ?? text.trim().split('\n').find((line) => line.includes('Error')) ?? `exit ${code}` };
  };
  return {
    env,
    end: () => server.close(),
    npm: (folder, ...words) => run(folder, 'npm', words),
    node: (folder, code) => run(folder, 'node', ['-e', code]),
    project: (folder, dependencies) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/package.json`, JSON.stringify({ name: 'shop', version: '1.0.0', dependencies }, null, 2));
    },
  };
}
