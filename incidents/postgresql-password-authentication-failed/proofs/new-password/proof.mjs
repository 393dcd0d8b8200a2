// The popular advice, tried: set the password again, to what the settings say, and restart the
// server. What arrives still has the line end, so the error is the same; without it, the former
// password is right.
import { login, server } from '../shared/login.mjs';
import { shows } from '../helpers/runbook.mjs';

const FAILED = '28P01 password authentication failed for user "app"';
const { stop, start, admin } = await server('secret');
const secret = 'secret\n'; // what the file of the secret holds
shows('before', await login({ password: secret }), FAILED);
await admin.query("ALTER ROLE app PASSWORD 'secret'");
shows('password set again', await login({ password: secret }), FAILED);
await admin.end();
await stop();
await start();
shows('server restarted', await login({ password: secret }), FAILED);
shows('without the line end', await login({ password: secret.trimEnd() }), 'connected');
await stop();
process.exit(0);
