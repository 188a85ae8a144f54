import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

// What is to blame, and what is not: of recorded nodes that were broken in one way.

const read = (name: string) =>
  readFileSync(join(fixtures, `conformance/named/${name}/iptables.save`), 'utf8');
const findingsIn = (text: string) =>
  openNode([{ name: 'node', text }], { host: [] }).flatMap(({ findings }) => findings);
const before = (text: string, chain: string, rule: string) =>
  text.replace(new RegExp(`^-A ${chain} `, 'm'), `-A ${chain} ${rule}\n$&`);

test('a jump that is gone, and not the rule that drops what follows of an untranslated packet', () => {
  const broken = read('load-balancer').replace(/^-A PREROUTING .*\n/gm, '');
  const kinds = findingsIn(broken).map((one) => (one.code === 'cut-off' ? one.why.kind : one.code));
  expect([...new Set(kinds)]).toEqual(['not-translated']);
});

test('no rule for packets of other nodes where the only endpoint gets none', () => {
  const rule = '-m statistic --mode random --probability 0.9 -j DROP';
  const found = findingsIn(before(read('cluster-ip-one-endpoint'), 'FORWARD', rule));
  const chains = found.map(({ place: { chain } }) => chain);
  expect([...new Set(chains)]).toEqual(['FORWARD']);
});

// The kernel (Linux 6.18, firewalld 1.3.3 as Debian installs it) answers 192.168.10.12 -> 192.168.10.11:6443 with admin-prohibited.
test('a firewall that keeps other nodes from an endpoint that is the node itself', () => {
  const api = read('host-network-api-server');
  const firewall = readFileSync(join(fixtures, 'check/firewalld.nft'), 'utf8');
  const host = { name: 'host', text: 'addresses: [192.168.10.11/24]\npodCIDR: 10.244.1.0/24\n' };
  const chainsOf = (...texts: readonly string[]) =>
    openNode(
      texts.map((text, at) => ({ name: `text ${at}`, text })),
      { host: [host] },
    ).flatMap(({ findings }) => findings.map(({ code, place }) => `${code} ${place.chain}`));
  expect(chainsOf(api)).toEqual([]);
  expect(chainsOf(api, firewall)).toEqual(['cut-off filter_IN_public']);
});

test('a match that nobody here knows neither counts nor limits', () => {
  const found = findingsIn(before(read('node-port'), 'FORWARD', '-m geoip --source-country CN -j DROP'));
  expect([...new Set(found.map(({ code }) => code))]).toEqual(['undecided']);
});

test("a mark that nobody asks for, whose rule takes kube-proxy's away, does something", () => {
  const builtIn = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  const mangle = (mask: string) =>
    `*mangle\n${builtIn.map((chain) => `:${chain} ACCEPT [0:0]\n`).join('')}-A FORWARD -j MARK --set-xmark 0x1/${mask}\nCOMMIT\n${read('node-port')}`;
  const codes = (text: string) => new Set(findingsIn(text).map(({ code }) => code));
  expect(codes(mangle('0xffffffff'))).toEqual(new Set(['cut-off']));
  expect(codes(mangle('0x1'))).toEqual(new Set(['mark-unread']));
});
