// What is believed: turn the check off. Then a server that only pretends gets the token as well.
import { fetched, file, npm, server } from '../shared/authority.mjs';
import { shows } from '../helpers/runbook.mjs';

const right = await server('server', 'between');
const impostor = await server('impostor', 'other');
const told = () => impostor.secrets.splice(0).join(' and ') || 'nothing';
shows('NODE_TLS_REJECT_UNAUTHORIZED=0: the impostor answers', await fetched(impostor.url, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }), '200');
shows('the impostor was told', told(), 'Bearer of-this-proof');
shows('npm with strict-ssl=false: the impostor', await npm(impostor, {}, ['--strict-ssl=false']), 'answered');
shows('the impostor was told', told(), 'Bearer of-this-proof');
const known = { NODE_EXTRA_CA_CERTS: file('root.crt') };
shows('NODE_EXTRA_CA_CERTS: the right server', await fetched(right.url, known), '200');
shows('NODE_EXTRA_CA_CERTS: the impostor', await fetched(impostor.url, known), /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|CERT_SIGNATURE_FAILURE)$/);
shows('npm with NODE_EXTRA_CA_CERTS: the impostor', await npm(impostor, known), /^(SELF_SIGNED|UNABLE_TO|CERT_)/);
shows('with the authority known, the impostor was told', told(), 'nothing');
process.exit(0);
