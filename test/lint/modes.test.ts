import { describe, expect, test } from 'vitest';
import { otherMode, otherText } from '../../src/lint/modes.ts';
import { load, table } from '../proof/small.ts';

const warning = '# Warning: table ip nat is managed by iptables-nft, do not touch!\n';

describe('what nft list ruleset prints is known', () => {
  test.each([
    ...['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'].map((family) => `table ${family} mine {\n}\n`),
    '\n  table ip nat {\n}\n',
    `${warning}table ip nat {\n}\n`,
    `\n${warning}\n  ${warning}\ntable ip nat {\n}\n`,
    '#\ntable ip nat {\n}\n',
    '{"nftables": []}',
    '{"nftables":[]}',
    '{"nftables" :[]}',
    '\n  {\n  "nftables"  :\n []}',
    'table inet kube-proxy-x {\n}\n',
    'table inet kube-proxy {\n}\n',
    'table ip a {\n  comment "table ip kube-proxy {"\n}\n',
    '{"nftables": [{"chain": {"family": "ip", "table": "kube-proxy", "name": "services"}}]}',
    '{"nftables": [{"table": {"name": "mine"}}, {"chain": {"name": "kube-proxy"}}]}',
  ])('without kube-proxy: %j', (text) => {
    expect(otherText(text)).toMatch(/nft list ruleset prints, and not a dump of iptables/);
  });

  test.each([
    'table ip kube-proxy {\n}\n',
    'table ip6 kube-proxy {\n}\n',
    'table ip nat {\n}\ntable ip kube-proxy {\n}\n',
    'table ip nat {\n}\n \ttable ip6 kube-proxy {\n}\n',
    '{"nftables": [{"table": {"family": "ip", "name": "kube-proxy", "handle": 1}}]}',
    '{"nftables":[{"metainfo":{}},{"table" : {"name" : "kube-proxy"}}]}',
  ])('with kube-proxy: %j', (text) => {
    expect(otherText(text)).toMatch(/kube-proxy runs in nftables mode$/);
  });

  test.each([
    '',
    table('nat', ':OUTPUT ACCEPT [0:0]'),
    `${warning}*nat\nCOMMIT\n`,
    table('nat', ':OUTPUT ACCEPT [0:0]', '-A OUTPUT -m comment --comment "table ip nat {" -j ACCEPT'),
    `*nat\ntable ip nat {\n`,
    'table ipx nat {\n',
    'table ip {\n',
    'a table ip nat {\n',
    '# table ip nat {\n',
    '[{"nftables": []}]',
    'x {"nftables": []}',
    '{"a": {"nftables": []}}',
    '{"nftables"}',
    '{"nftables-x": []}',
    '{x"nftables": []}',
  ])('and nothing else: %j', (text) => {
    expect(otherText(text)).toBeNull();
  });
});

describe("another mode of kube-proxy is told by a dump's chains", () => {
  const output = ':OUTPUT ACCEPT [0:0]';
  const services = (match: string) =>
    load(
      table(
        'nat',
        output,
        ':KUBE-SERVICES - [0:0]',
        ':KUBE-LOAD-BALANCER - [0:0]',
        '-A OUTPUT -j KUBE-SERVICES',
        '-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN',
        `-A KUBE-SERVICES ${match} -j ACCEPT`,
      ),
    );

  test('ipvs by the sets that it asks', () => {
    const said = /ipvs mode: they mark by sets .* through to IPVS, whose virtual servers/;
    expect(otherMode(services('-m set --match-set KUBE-CLUSTER-IP dst,dst'))?.message).toMatch(said);
    expect(otherMode(services('-p tcp -m set --match-set KUBE-LOAD-BALANCER dst,dst'))?.message).toMatch(
      said,
    );
  });

  test.each([
    '-m set --match-set MINE dst',
    '-m set --match-set MY-KUBE-CLUSTER-IP dst,dst',
    '-m recent --rcheck --name KUBE-SVC --mask 255.255.255.255 --rsource',
    '-d 10.96.0.1/32',
  ])('but not by %s', (match) => {
    expect(otherMode(services(match))).toBeNull();
  });

  test('nor by sets that others ask', () => {
    const dump = table(
      'nat',
      output,
      ':MINE - [0:0]',
      '-A MINE -m set --match-set KUBE-CLUSTER-IP dst -j ACCEPT',
    );
    expect(otherMode(load(dump))).toBeNull();
  });

  const canary = table('mangle', output, ':KUBE-KUBELET-CANARY - [0:0]');

  test("nftables by kubelet's chains where there are none of kube-proxy's", () => {
    const said = /kubelet's chains and none of kube-proxy's: it runs in nftables mode/;
    expect(otherMode(load(canary))?.message).toMatch(said);
    expect(otherMode(load(canary + table('nat', output, ':DOCKER - [0:0]')))?.message).toMatch(said);
  });

  test.each([
    ['nothing is there', ''],
    ["there is none of kubelet's", table('nat', output, ':DOCKER - [0:0]')],
    ...['KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-PROXY-CANARY'].map((name) => [
      `there is ${name}`,
      canary + table('nat', output, `:${name} - [0:0]`),
    ]),
    ["kube-proxy's stand in another table", canary + table('filter', output, ':KUBE-SERVICES - [0:0]')],
  ])('but not where %s', (_, dump) => {
    expect(otherMode(load(dump as string))).toBeNull();
  });
});
