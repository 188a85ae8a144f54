import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sayFinding } from '../../src/report/findings.ts';
import { openNode } from '../../src/session/check/rules.ts';
import { fixtures } from '../cases.ts';

const read = (path: string) => readFileSync(join(fixtures, path), 'utf8');
const iptables = read('conformance/named/node-port/iptables.save');
const nft = read('conformance/nftables/1.36.3/node-port.nft');
const of = (rules: string, host: string) =>
  openNode([{ name: 'node', text: rules }], { host: [{ name: 'host', text: host }] }).flatMap(
    ({ findings }) => findings,
  );
const pods = 'podCIDR: 10.244.1.0/24\n';
const sysctls = (text: string) => `${pods}sysctls: { ${text} }\n`;

describe('settings of the node are held against the rules where somebody tells them', () => {
  const open = iptables.replace(/^-A KUBE-FIREWALL .*127\.0\.0\.0.*\n/gm, '');
  const noDrop = iptables.replace(/^-A KUBE-FORWARD .*INVALID.*\n/m, '');
  const bridge = (kind: string) =>
    `${sysctls('net.bridge.bridge-nf-call-iptables: 0')}podIf: cni0\ninterfaces: [{ name: cni0, ${kind}, addresses: [10.244.1.1/24] }]\n`;
  test.each([
    ['nothing is told', iptables, pods, []],
    ['carried on', iptables, sysctls('net.ipv4.ip_forward: 1'), []],
    ['not carried on', iptables, sysctls('net.ipv4.ip_forward: 0'), ['forwarding-off']],
    ['by the other name', nft, sysctls('net.ipv4.conf.all.forwarding: 0'), ['forwarding-off']],
    ['of the other family', iptables, sysctls('net.ipv6.conf.all.forwarding: 0'), []],
    ['pods on a bridge', iptables, bridge('kind: bridge'), ['past-rules']],
    ['pods on no bridge', iptables, bridge('kind: veth'), []],
    ['nobody says whether on a bridge', iptables, sysctls('net.bridge.bridge-nf-call-iptables: 0'), []],
    ['loopback, and a rule against it', iptables, sysctls('net.ipv4.conf.all.route_localnet: 1'), []],
    ['loopback', open, sysctls('net.ipv4.conf.all.route_localnet: 1'), ['loopback-open']],
    ['loopback of the uplink', open, sysctls('net.ipv4.conf.eth0.route_localnet: 1'), ['loopback-open']],
    ['loopback of another link', open, sysctls('net.ipv4.conf.docker0.route_localnet: 1'), []],
    ['node ports at loopback', iptables, sysctls('net.ipv4.conf.all.route_localnet: 0'), ['loopback-shut']],
    [
      'node ports at loopback, by one link',
      iptables,
      sysctls('net.ipv4.conf.all.route_localnet: 0, net.ipv4.conf.cni0.route_localnet: 1'),
      [],
    ],
    [
      'node ports, and none at loopback',
      iptables.replace(/^(-A KUBE-SERVICES )(.* -j KUBE-NODEPORTS)$/m, '$1! -d 127.0.0.0/8 $2'),
      sysctls('net.ipv4.conf.all.route_localnet: 0'),
      [],
    ],
    ['node ports at loopback, by nft', nft, sysctls('net.ipv4.conf.all.route_localnet: 0'), []],
    ['strict, with the rule', iptables, sysctls('net.netfilter.nf_conntrack_tcp_be_liberal: 0'), []],
    ['strict', noDrop, sysctls('net.netfilter.nf_conntrack_tcp_be_liberal: 0'), ['invalid-kept']],
    ['liberal', noDrop, sysctls('net.netfilter.nf_conntrack_tcp_be_liberal: 1'), []],
  ])('%s', (_, rules, host, expected) => {
    const found = of(rules, host).flatMap((one) =>
      one.code === 'setting-contradicts' ? [one.why] : one.code === 'forwarding-off' ? [one.code] : [],
    );
    expect(found).toEqual(expected);
  });

  test('what a setting does is said once, and not of each Service', () => {
    for (const host of [sysctls('net.ipv4.ip_forward: 0'), `${pods}conntrack: false\n`])
      expect(of(iptables, host).map(({ code }) => code)).toHaveLength(1);
  });

  test.each([
    [58_000, false],
    [58_983, true],
    [65_536, true],
  ])('%d connections of 65536', (count, isFull) => {
    const host = sysctls(`net.netfilter.nf_conntrack_count: ${count}, net.netfilter.nf_conntrack_max: 65536`);
    expect(of(iptables, host).some(({ code }) => code === 'conntrack-full')).toBe(isFull);
  });

  test('by the older name of the most', () => {
    const host = sysctls('net.netfilter.nf_conntrack_count: 65000, net.nf_conntrack_max: 65536');
    expect(of(iptables, host).map(({ code }) => code)).toEqual(['conntrack-full']);
  });

  test('nor of a host without kube-proxy', () => {
    const dump = '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 10.0.0.0/8 -j DROP\nCOMMIT\n';
    expect(of(dump, sysctls('net.ipv4.ip_forward: 0'))).toEqual([]);
  });
});

describe('marks', () => {
  const mangle = (...rules: readonly string[]) =>
    `*mangle\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:cali-x - [0:0]\n:ts-forward - [0:0]\n-A PREROUTING -j cali-x\n-A PREROUTING -j ts-forward\n${rules.join('\n')}\nCOMMIT\n${iptables}`;
  const codes = /^mark-(?:clash|unset|unread)$/;
  const told = (dump: string, host = pods) =>
    of(dump, host).flatMap((one) => (codes.test(one.code) ? [`${one.code}: ${sayFinding(one)}`] : []));
  test.each([
    [
      'set and asked',
      ['-A PREROUTING -j MARK --set-xmark 0x10/0x10', '-A PREROUTING -m mark --mark 0x10/0x10 -j ACCEPT'],
      [],
    ],
    [
      'asked',
      ['-A PREROUTING -m mark --mark 0x10/0x10 -j ACCEPT'],
      ['mark-unset: no rule sets the mark 0x10 '],
    ],
    [
      'asked for more than is set',
      ['-A PREROUTING -j MARK --set-xmark 0x10/0x10', '-A PREROUTING -m mark --mark 0x30/0x30 -j ACCEPT'],
      ['mark-unset: no rule sets the mark 0x20 '],
    ],
    ['asked not to be', ['-A PREROUTING -m mark ! --mark 0x10/0x10 -j ACCEPT'], []],
    ['asked to be 0', ['-A PREROUTING -m mark --mark 0x0/0x10 -j ACCEPT'], []],
    [
      'from a connection',
      [
        '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff',
        '-A PREROUTING -m mark --mark 0x10/0x10 -j ACCEPT',
      ],
      [],
    ],
    ['of a socket', ['-A OUTPUT -m mark --mark 0xca6c -j ACCEPT'], []],
    ['of Calico, whose BPF marks', ['-A cali-x -m mark --mark 0x1000000/0x1000000 -j ACCEPT'], []],
    [
      'set',
      ['-A PREROUTING -j MARK --set-xmark 0x10/0x10'],
      ['mark-unread: no rule asks for the mark 0x10, '],
    ],
    [
      'set and kept for the connection',
      [
        '-A PREROUTING -j MARK --set-xmark 0x10/0x10',
        '-A PREROUTING -j CONNMARK --save-mark --nfmask 0x10 --ctmask 0x10',
      ],
      [],
    ],
    ['set by Calico', ['-A cali-x -j MARK --set-xmark 0x10000/0x10000'], []],
    [
      'of two programs',
      [
        '-A cali-x -j MARK --set-xmark 0x40000/0x40000',
        '-A ts-forward -j MARK --set-xmark 0x40000/0xff0000',
        '-A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT',
      ],
      ['mark-clash: Tailscale and Calico both mark packets by 0x40000: '],
    ],
    [
      'of two programs by other bits',
      [
        '-A cali-x -j MARK --set-xmark 0x10000/0x10000',
        '-A ts-forward -j MARK --set-xmark 0x40000/0xff0000',
        '-A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT',
      ],
      [],
    ],
  ])('%s', (_, rules, expected) => {
    expect(told(mangle(...rules))).toEqual(expected.map((one) => expect.stringContaining(one)));
  });

  test('what routing asks is asked', () => {
    const dump = mangle('-A PREROUTING -j MARK --set-xmark 0x10/0x10');
    const rules = (mark: string) => `${pods}rules: ['100: from all fwmark ${mark} lookup 100']\n`;
    expect(told(dump, rules('0x10/0x10'))).toEqual([]);
    expect(told(dump, rules('0x20/0x20'))).toHaveLength(1);
  });

  test('of a table alone nobody knows what others set', () => {
    const filter = '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m mark --mark 0x10 -j DROP\nCOMMIT\n';
    expect(told(filter)).toEqual([]);
    expect(told(`${filter}*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n`)).toHaveLength(1);
  });
});
