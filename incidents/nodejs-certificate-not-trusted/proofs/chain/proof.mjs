// Which certificates a server sends, which authorities the client knows, and what Node.js says.
import { fetched, file, npm, server } from '../shared/authority.mjs';
import { shows } from '../helpers/runbook.mjs';

const known = { NODE_EXTRA_CA_CERTS: file('root.crt') };
for (const [sends, names, unknown, withRoot] of [
  ['itself and the issuer', ['server', 'between'], 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', '200'],
  ['itself, the issuer and the root', ['server', 'between', 'root'], 'SELF_SIGNED_CERT_IN_CHAIN', '200'],
  ['itself alone', ['server'], 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['a self-signed certificate', ['alone'], 'DEPTH_ZERO_SELF_SIGNED_CERT', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
]) {
  const { url } = await server(...names);
  shows(`it sends ${sends}: the root is unknown`, await fetched(url), unknown);
  shows(`it sends ${sends}: the root is known`, await fetched(url, known), withRoot);
}
const registry = await server('server', 'between', 'root');
shows('npm, the root is known', await npm(registry, known), 'answered');
shows('npm, the root is known, and npm has a cafile without it', await npm(registry, known, [`--cafile=${file('other.crt')}`]), 'SELF_SIGNED_CERT_IN_CHAIN');
shows('a file that is not there', await fetched(registry.url, { NODE_EXTRA_CA_CERTS: '/no/such.pem' }), 'SELF_SIGNED_CERT_IN_CHAIN, with a warning');
shows('set by the program itself', await fetched(registry.url, {}, [], `process.env.NODE_EXTRA_CA_CERTS = '${file('root.crt')}'`), 'SELF_SIGNED_CERT_IN_CHAIN');
process.exit(0);
