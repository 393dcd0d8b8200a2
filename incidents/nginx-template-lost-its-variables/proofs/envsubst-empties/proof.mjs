// What envsubst makes of a template, and what nginx says about it.
import { shows } from '../helpers/runbook.mjs';
import { replaced, TEMPLATE, tested } from '../shared/templates.mjs';

const ALL = { API_HOST: '127.0.0.1', API_PORT: '3000' };
const LIST = '${API_HOST} ${API_PORT}';
const HEADER = 'invalid number of arguments in "proxy_set_header" directive';
shows('all replaced', tested(replaced(TEMPLATE, ALL)), HEADER);
shows('with a list', tested(replaced(TEMPLATE, ALL, LIST)), 'test is successful');
const escaped = (name) => /Host (.*);/.exec(replaced(TEMPLATE.split('$host').join(name), ALL))[1];
shows('what a backslash leaves', escaped('\\$host'), '\\');
shows('what two dollar signs leave', escaped('$$host'), '$');
shows('a list, no port', tested(replaced(TEMPLATE, { API_HOST: '127.0.0.1' }, LIST)), 'invalid port in upstream "127.0.0.1:"');
shows('a list, no host', tested(replaced(TEMPLATE, { API_PORT: '3000' }, LIST)), 'no host in upstream ":3000"');
shows('not replaced', tested(TEMPLATE), 'unknown "api_host" variable');
shows('the address in one, and empty', tested(replaced(TEMPLATE.replace(/http:.*;/, '${API_URL};'), {}, '${API_URL}')), 'invalid number of arguments in "proxy_pass" directive');
