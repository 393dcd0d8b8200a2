// The check: names in SQL without quotes that have capital letters.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { shows } from '../helpers/runbook.mjs';

mkdirSync('fault');
writeFileSync('fault/report.js', 'await db.query(`SELECT u.name FROM Users u JOIN orderItems o ON true`);\n');
writeFileSync('fault/clean.sql', 'UPDATE userSettings SET theme = 1;\n');
mkdirSync('fixed');
writeFileSync('fixed/report.js', 'await db.query(`SELECT u.name FROM "Users" u JOIN "orderItems" o ON true`);\nimport x from "./Users.js";\n// Read from Users first\n');
writeFileSync('fixed/clean.sql', 'UPDATE user_settings SET theme = 1;\nINSERT INTO public.users SELECT 1;\n');
for (const BACKEND of ['fault', 'fixed']) {
  let code = 0;
  let text = '';
  try {
    text = execFileSync('bash', ['../../commands/check-capital-names-are-quoted.sh'], { encoding: 'utf8', env: { ...process.env, BACKEND } });
  } catch (error) {
    code = error.status;
    text = error.stdout;
  }
  shows(BACKEND, `exit ${code}, lines ${text.split('\n').filter(Boolean).length}`, BACKEND === 'fault' ? 'exit 0, lines 2' : 'exit 1, lines 0');
}
