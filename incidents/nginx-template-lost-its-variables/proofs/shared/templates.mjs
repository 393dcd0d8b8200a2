// A template, what envsubst makes of it, and what nginx says.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

export const TEMPLATE = `server {
  listen 127.0.0.1:8080;
  location / {
    proxy_set_header Host $host;
    proxy_pass http://\${API_HOST}:\${API_PORT};
  }
}
`;

/** Replace with envsubst, with these variables and perhaps a list of names. */
export function replaced(template, values, ...list) {
  return spawnSync('envsubst', list, { input: template, encoding: 'utf8', env: { PATH: process.env.PATH, ...values } }).stdout;
}

/** Test a site; return the first error that nginx names. */
export function tested(site) {
  const home = `${process.env.TMPDIR}/nginx`;
  mkdirSync(`${home}/tmp`, { recursive: true });
  writeFileSync(`${home}/site.conf`, site);
  writeFileSync(`${home}/nginx.conf`, `pid ${home}/pid; error_log ${home}/error.log; events {}
    http { access_log off; client_body_temp_path ${home}/tmp/body; proxy_temp_path ${home}/tmp/proxy; fastcgi_temp_path ${home}/tmp/f;
      uwsgi_temp_path ${home}/tmp/u; scgi_temp_path ${home}/tmp/s; include ${home}/site.conf; }`);
  const { stderr } = spawnSync('nginx', ['-t', '-e', `${home}/error.log`, '-p', home, '-c', `${home}/nginx.conf`], { encoding: 'utf8' });
  return /test is successful/.test(stderr) ? 'test is successful' : /\[emerg\] (?:\d+#\d+: )?(.*?)(?: in \/|\n|$)/.exec(stderr)?.[1] ?? stderr;
}
