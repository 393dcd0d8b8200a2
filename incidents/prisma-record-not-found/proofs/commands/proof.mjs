// The commands of the runbook: whether the row is there, which causes the log has, and calls that nobody catches.
import { mkdirSync, writeFileSync } from 'node:fs';
import { disconnect } from '../helpers/database.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';
import { tables } from '../shared/client.mjs';

const admin = await tables();
await admin.query("INSERT INTO users (email, name) VALUES ('a@example.com', 'ann')");
const row = (COLUMN, VALUE) => runbook('diagnosis-1', { TABLE: 'users', COLUMN, VALUE });
shows('row, there', await row('email', 'a@example.com'), '1 rows of users have email a@example.com; exit 0');
shows('row, gone', await row('id', '77'), '0 rows of users have id 77; exit 0');
writeFileSync('app.log', `PrismaClientKnownRequestError: An operation failed because it depends on one or more records that were required but not found. Record to delete does not exist.
An operation failed because it depends on one or more records that were required but not found. Record to delete does not exist.
  An operation failed because it depends on one or more records that were required but not found. No 'User' record(s) (needed to inline the relation on 'Post' record(s)) was found for a nested connect on one-to-many relation 'PostToUser'.
`);
shows('causes', await runbook('diagnosis-2', { LOG: 'app.log' }), "2 Record to delete does not exist. and 1 No 'User' record(s) (needed to inline the relation on 'Post' record(s)); exit 0");
shows('verification, errors', await runbook('verification-1', { LOG: 'app.log' }), '3; exit 0');
writeFileSync('none.log', 'GET / 200\n');
shows('verification, none', await runbook('verification-1', { LOG: 'none.log' }), '0; exit 1');
mkdirSync('src');
writeFileSync('src/a.js', 'await prisma.users.delete({ where: { id } });\n');
shows('check, nobody catches', await runbook('check-p2025-is-answered', { SOURCE: 'src' }), 'src/a.js; exit 0');
writeFileSync('src/a.js', "const { count } = await prisma.users.deleteMany({ where: { id } });\n");
shows('check, counted', await runbook('check-p2025-is-answered', { SOURCE: 'src' }), 'nothing; exit 1');
writeFileSync('src/a.js', "try { await prisma.users.delete({ where: { id } }); } catch (error) { if (error.code === 'P2025') return missing(); throw error; }\n");
shows('check, caught', await runbook('check-p2025-is-answered', { SOURCE: 'src' }), 'nothing; exit 1');
await disconnect();
