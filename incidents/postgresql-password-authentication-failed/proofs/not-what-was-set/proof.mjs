// The password is the same text, and what arrives is another: with a line end of a secret's file, with
// quotes of an env file, with a special character in a URL. A role that does not exist gives the same
// error, on purpose.
import { login, PORT, server } from '../shared/login.mjs';
import { shows } from '../helpers/runbook.mjs';

const PASSWORD = 'p@ss/w#rd%41';
const { stop, admin } = await server(PASSWORD);
const FAILED = '28P01 password authentication failed for user "app"';
const url = (text) => `postgres://app:${text}@127.0.0.1:${PORT}/postgres`;
shows('as it was set', await login({ password: PASSWORD }), 'connected');
shows('with a line end, as echo writes it', await login({ password: `${PASSWORD}\n` }), FAILED);
shows('with quotes around it', await login({ password: `"${PASSWORD}"` }), FAILED);
shows('with a space after it', await login({ password: `${PASSWORD} ` }), FAILED);
shows('in a URL, encoded', await login({ url: url(encodeURIComponent(PASSWORD)) }), 'connected');
shows('in a URL, as it is', (await login({ url: url(PASSWORD) })) === 'connected' ? 'connected' : 'fails', 'fails');
await admin.query("ALTER ROLE app PASSWORD 'abc%41'");
shows('in a URL, % and two digits', await login({ url: url('abc%41') }), FAILED);
shows('a role that does not exist', await login({ user: 'nobody', password: PASSWORD }), '28P01 password authentication failed for user "nobody"');
await admin.query("ALTER ROLE app PASSWORD 'right' VALID UNTIL '2020-01-01'");
shows('a password that is no longer valid', await login({ password: 'right' }), FAILED);
await admin.end();
await stop();
process.exit(0);
