// The commands of the runbook: the role of a server and who writes to it, connections ended at the old
// primary, and a write through the address of the application.
import { connect, said } from '../helpers/redis.mjs';
import { runbook, shows, until } from '../helpers/runbook.mjs';
import { pair } from '../shared/pair.mjs';

const { address, failover, first, second } = await pair();
const client = connect(address);
await client.set('order', '1');
const values = { REDIS_URL: address.url, OLD_URL: first.url };
shows('the role', await runbook('diagnosis-1', values), /^role:master and connected_slaves:1; exit 0$/);
shows('a write through the address', await runbook('verification-1', values), 'OK; exit 0');
shows('who is connected', await runbook('diagnosis-2', values), /^[1-9]\d*; exit 0$/);
await failover();
shows('the role of the old primary', await runbook('diagnosis-1', { ...values, REDIS_URL: first.url }), /^role:slave and master_host:127\.0\.0\.1 and master_link_status:up and .*; exit 0$/);
shows('a write to it', await runbook('verification-1', { ...values, REDIS_URL: first.url }), /^READONLY.*; exit \d$/);
shows('the client', await said(client.set('order', '2')), /^READONLY/);
shows('connections ended', await runbook('mitigation-1', values), /^[1-9]\d*; exit 0$/);
await until(async () => (await said(client.set('order', '3'))) === 'OK', 'the client did not come back');
shows('the client', await said(client.set('order', '3')), 'OK');
shows('check', await runbook('check-address-leads-to-primary', { ...values, REDIS_URL: second.url }), 'OK; exit 0');
process.exit(0);
