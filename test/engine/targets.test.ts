import { describe, expect, test } from 'vitest';
import { parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { sayAssumptions } from '../../src/report/assumptions.ts';
import { because } from '../said.ts';

// One target, one packet, and what iptables-extensions(8) says of it.

const addresses = {
  ipv4: [parseInterfaceAddress('192.168.0.2/24')],
  ipv6: [parseInterfaceAddress('fd00:10::2/64')],
};
const hosts = {
  ipv4: buildHost('ipv4', [
    {
      addresses: addresses.ipv4.flatMap((one) => one ?? []),
      podCIDR: parsePrefix('10.180.0.0/24') as Subnet,
    },
  ]),
  ipv6: buildHost('ipv6', [
    {
      addresses: addresses.ipv6.flatMap((one) => one ?? []),
      podCIDR: parsePrefix('fd00:180::/64') as Subnet,
    },
  ]),
};

function outcome(rules: string, packet: string) {
  const family = packet.includes('[') ? 'ipv6' : 'ipv4';
  const program = buildProgram(readDump({ name: 'rules', text: rules }, { family }).ruleset);
  const { outcomes, assumed } = tracePacket(
    program,
    hosts[family],
    parsePacket({ name: 'packet', text: packet }),
  );
  expect(outcomes).toHaveLength(1);
  return { ...outcomes[0], assumed };
}

const table = (name: string, ...lines: string[]) => `*${name}\n${lines.join('\n')}\nCOMMIT\n`;
const tcp = 'tcp 203.0.113.9:4000 -> 10.180.0.5:80 from external';
const six = 'tcp [2001:db8::9]:4000 -> [fd00:180::5]:80 from external';

describe('targets that let a packet go on', () => {
  test.each([
    'AUDIT --type accept',
    'CHECKSUM --checksum-fill',
    'CLASSIFY --set-class 1:2',
    'DSCP --set-dscp 0x10',
    'ECN --ecn-tcp-remove',
    'IDLETIMER --timeout 5 --label x',
    'LED --led-trigger-id x',
    'RATEEST --rateest-name x --rateest-interval 250ms --rateest-ewmalog 0.5s',
    'SECMARK --selctx system_u:object_r:httpd_packet_t:s0',
    'CONNSECMARK --save',
    'SET --add-set x src',
    'TEE --gateway 192.168.0.9',
    'TOS --set-tos 0x10',
    'LOG --log-prefix x',
    'NFLOG --nflog-group 1',
    'TCPMSS --clamp-mss-to-pmtu',
  ])('%s', (target) => {
    const mangle = table('mangle', `-A FORWARD -p tcp -m tcp --syn -j ${target}`);
    expect(outcome(mangle + table('filter', '-A FORWARD -j DROP'), tcp).verdict).toBe('drop');
  });

  test('whose limits nobody knows: it does not matter', () => {
    for (const target of ['LOG', 'NFLOG', 'TCPMSS --clamp-mss-to-pmtu', 'TOS --set-tos 0x10']) {
      const rule = `-A FORWARD -p tcp -m limit --limit 5/min -m tcp --syn -j ${target}`;
      expect(outcome(table('mangle', rule), tcp).verdict).toBe('accept');
    }
    const marks = table('mangle', '-A FORWARD -m limit --limit 5/min -j MARK --set-xmark 0x1/0x1');
    const drops = table('filter', '-A FORWARD -m mark --mark 0x1/0x1 -j DROP');
    expect(outcome(marks + drops, tcp).verdict).toBe('unknown');
  });

  test.each([
    ['NFQUEUE --queue-num 0', /the target NFQUEUE is not carried out/],
    ['TPROXY --on-port 80 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1', /sockets.*TPROXY/],
  ])('%s does not, and what it does is not known', (target, why) => {
    const said = outcome(table('mangle', `-A PREROUTING -p tcp -m tcp --dport 80 -j ${target}`), tcp);
    expect(said.verdict).toBe('unknown');
    expect(because(said as Outcome)).toMatch(why);
  });
});

describe('marks', () => {
  const marked = (lines: string[], mark: string) =>
    outcome(table('mangle', ...lines) + table('filter', `-A FORWARD -m mark --mark ${mark} -j DROP`), tcp)
      .verdict === 'drop';

  test.each<[string[], string]>([
    [['-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff'], '0x5'],
    [
      ['-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff', '-A PREROUTING -j MARK --set-xmark 0x3/0x1'],
      '0x7',
    ],
    [
      ['-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff', '-A PREROUTING -j MARK --set-xmark 0x0/0x4'],
      '0x1',
    ],
    [['-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff', '-A PREROUTING -j MARK --xor-mark 0x1'], '0x4'],
    [
      [
        '-A PREROUTING -j CONNMARK --set-xmark 0xc/0xffffffff',
        '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0x4',
      ],
      '0x4',
    ],
    [
      [
        '-A PREROUTING -j MARK --set-xmark 0x6/0xffffffff',
        '-A PREROUTING -j CONNMARK --save-mark --nfmask 0x2 --ctmask 0xffffffff',
        '-A PREROUTING -j MARK --set-xmark 0x0/0xffffffff',
        '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      ],
      '0x2',
    ],
    [
      [
        '-A PREROUTING -j MARK --set-xmark 0xff/0xffffffff',
        '-A PREROUTING -j CONNMARK --set-xmark 0x4/0xffffffff',
        '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf',
      ],
      '0xf4',
    ],
    [
      [
        '-A PREROUTING -j CONNMARK --set-xmark 0xff/0xffffffff',
        '-A PREROUTING -j CONNMARK --set-xmark 0x4/0xf',
        '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      ],
      '0xf4',
    ],
    [
      [
        '-A PREROUTING -j MARK --set-xmark 0x6/0xffffffff',
        '-A PREROUTING -j CONNMARK --set-xmark 0xff/0xffffffff',
        '-A PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xf',
        '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
      ],
      '0xf6',
    ],
  ])('%s', (lines, mark) => {
    expect(marked(lines, mark)).toBe(true);
    expect(marked(lines, '0x80')).toBe(false);
  });
});

describe('errors are not answered by errors (RFC 1122, 3.2.2, and RFC 4443, 2.4)', () => {
  const rejecting = table('filter', '-A FORWARD -j REJECT --reject-with icmp-port-unreachable');
  test.each([
    ['type 3/1', 'drop'],
    ['type 4/0', 'drop'],
    ['type 5/0', 'drop'],
    ['type 11/0', 'drop'],
    ['type 12/0', 'drop'],
    ['type 8/0', 'reject'],
    ['type 13/0', 'reject'],
  ])('%s', (type, verdict) => {
    expect(outcome(rejecting, `icmp 203.0.113.9 -> 10.180.0.5 from external ${type}`).verdict).toBe(verdict);
  });

  test('a reset is answered by nothing', () => {
    const resetting = table('filter', '-A FORWARD -p tcp -j REJECT --reject-with tcp-reset');
    expect(outcome(resetting, tcp)).toMatchObject({ verdict: 'reject' });
    expect(outcome(resetting, `${tcp} flags RST`).verdict).toBe('drop');
  });
});

describe('translation', () => {
  const nat = (chain: string, target: string, match = '') =>
    table('nat', `-A ${chain} -p tcp ${match} -j ${target}`);

  test.each([
    ['DNAT --to-destination 10.180.0.6', tcp, '10.180.0.6:80'],
    ['DNAT --to-destination 10.180.0.6:8080', tcp, '10.180.0.6:8080'],
    ['DNAT --to-destination :8080', tcp, '10.180.0.5:8080'],
    ['DNAT --to-destination 10.180.0.6:79-81', tcp, '10.180.0.6:80'],
    ['DNAT --to-destination 10.180.0.6:81-83', tcp, '10.180.0.6:81'],
    // The base port of a shifted range: 80 is the first, so 80 becomes 8080, and 82 would become 8082.
    ['DNAT --to-destination 10.180.0.6:8080-8090/80', tcp, '10.180.0.6:8080'],
    ['DNAT --to-destination 10.180.0.6:8080-8090/78', tcp, '10.180.0.6:8082'],
    ['REDIRECT --to-ports 8080', tcp, '192.168.0.2:8080'],
    ['REDIRECT', tcp, '192.168.0.2:80'],
    ['NETMAP --to 10.180.0.128/25', tcp, '10.180.0.133:80'],
    ['DNAT --to-destination [fd00:180::6]:8080', six, '[fd00:180::6]:8080'],
    ['REDIRECT --to-ports 8080', six, '[fd00:10::2]:8080'],
    ['NETMAP --to fd00:180::100/120', six, '[fd00:180::105]:80'],
  ])('%s', (target, packet, dnat) => {
    expect(outcome(nat('PREROUTING', target), packet).dnat).toBe(dnat);
  });

  test('what the node redirects of its own goes to loopback', () => {
    const own = 'tcp 192.168.0.2:4000 -> 203.0.113.9:80 from host';
    expect(outcome(nat('OUTPUT', 'REDIRECT --to-ports 81'), own).dnat).toBe('127.0.0.1:81');
    const ownSix = 'tcp [fd00:10::2]:4000 -> [2001:db8::9]:80 from host';
    expect(outcome(nat('OUTPUT', 'REDIRECT --to-ports 81'), ownSix).dnat).toBe('[::1]:81');
  });

  test('where the addresses of the interface are not known, nobody knows where REDIRECT leads', () => {
    const { ruleset } = readDump({ name: 'rules', text: nat('PREROUTING', 'REDIRECT') });
    const nobody = buildHost('ipv4', []);
    const packet = parsePacket({ name: 'packet', text: tcp });
    const [first, ...others] = tracePacket(buildProgram(ruleset), nobody, packet).outcomes;
    expect(others).toEqual([]);
    expect(first?.verdict).toBe('unknown');
    expect(because(first)).toMatch(/^the addresses of eth0 are not known; give --host with addresses/);
    // nf_nat_redirect_ipv4 drops what came in by an interface that has none.
    const known = { ...nobody, addressesKnown: true };
    expect(tracePacket(buildProgram(ruleset), known, packet).outcomes).toMatchObject([{ verdict: 'drop' }]);
  });

  test('no source, no masquerading', () => {
    expect(outcome(nat('POSTROUTING', 'SNAT --to-source 192.168.0.2'), tcp)).toMatchObject({
      verdict: 'accept',
      src: '192.168.0.2',
    });
    expect(outcome(nat('POSTROUTING', 'MASQUERADE', '! -s 203.0.113.0/24'), tcp).src).toBe('203.0.113.9');
  });

  test('where the addresses of the interface are not known, nobody knows by which MASQUERADE replaces the source', () => {
    const { ruleset } = readDump({ name: 'rules', text: nat('POSTROUTING', 'MASQUERADE') });
    const nobody = {
      ...buildHost('ipv4', [{ podCIDR: parsePrefix('10.180.0.0/24') as Subnet }]),
      interfaces: [],
    };
    const packet = parsePacket({ name: 'packet', text: tcp });
    const [first, ...others] = tracePacket(buildProgram(ruleset), nobody, packet).outcomes;
    expect(others).toEqual([]);
    expect(first).toMatchObject({ verdict: 'unknown' });
    expect(because(first)).toMatch(/^the addresses of cni0 are not known; .*nat\/POSTROUTING/);
    // Without an address there, the packet is dropped (nf_nat_masquerade_ipv4).
    const known = { ...nobody, addressesKnown: true };
    expect(tracePacket(buildProgram(ruleset), known, packet).outcomes).toMatchObject([{ verdict: 'drop' }]);
  });

  test('chance picks a port where it is asked to', () => {
    const ends = (target: string, from = 'PREROUTING') => {
      const { ruleset } = readDump({ name: 'rules', text: nat(from, target) });
      const packet = parsePacket({ name: 'packet', text: tcp });
      const { outcomes } = tracePacket(buildProgram(ruleset), hosts.ipv4, packet);
      return outcomes.map(({ dnat, src, weight }) => `${dnat} ${src} ${weight}`).sort();
    };
    expect(ends('DNAT --to-destination 10.180.0.6:80-82 --random')).toEqual([
      '10.180.0.6:80 203.0.113.9 1/3',
      '10.180.0.6:81 203.0.113.9 1/3',
      '10.180.0.6:82 203.0.113.9 1/3',
    ]);
    expect(ends('DNAT --to-destination 10.180.0.6:81 --random')).toEqual(['10.180.0.6:81 203.0.113.9 1/1']);
    expect(ends('REDIRECT --to-ports 80-81 --random')).toEqual([
      '192.168.0.2:80 203.0.113.9 1/2',
      '192.168.0.2:81 203.0.113.9 1/2',
    ]);
    // Of a new source's port nothing more is told.
    for (const option of ['', ' --random', ' --random-fully'])
      expect(ends(`SNAT --to-source 192.168.0.2:80-81${option}`, 'POSTROUTING')).toEqual([
        'null 192.168.0.2 1/1',
      ]);
  });
});

test('nothing more is assumed of a packet that says where it comes from', () => {
  const accept = table('filter', '-A FORWARD -j ACCEPT');
  expect(outcome(accept, tcp).assumed).toEqual(hosts.ipv4.assumed);
  const told = (packet: string) =>
    sayAssumptions(outcome(accept, packet).assumed.slice(hosts.ipv4.assumed.length));
  expect(told('tcp 203.0.113.9:4000 -> 10.180.0.5:80')).toEqual([
    '203.0.113.9 is not of this node, so the packet comes from eth0',
  ]);
  expect(told('tcp 10.180.0.7:4000 -> 10.180.0.5:80')).toEqual([
    '10.180.0.7 is a pod of the node, so the packet comes from cni0',
  ]);
  expect(told('tcp 192.168.0.2:4000 -> 10.180.0.5:80')).toEqual([
    '192.168.0.2 is an address of the node, so the node sends the packet',
  ]);
});

test('an answer that a rule eats is told as a drop, without the error', () => {
  const rules = table('filter', '-A FORWARD -j REJECT', '-A OUTPUT -p icmp -j DROP');
  expect(outcome(rules, tcp)).toMatchObject({
    verdict: 'drop',
    rejectWith: null,
    reason: null,
    dnat: null,
    src: null,
  });
  expect(outcome(table('filter', '-A FORWARD -j REJECT'), tcp)).toMatchObject({
    verdict: 'reject',
    rejectWith: 'icmp-port-unreachable',
    interface: null,
  });
  expect(outcome(table('filter', '-A FORWARD -j ACCEPT'), tcp)).toMatchObject({
    verdict: 'accept',
    rejectWith: null,
    interface: 'cni0',
  });
});

describe('what is assumed of the flow of a packet', () => {
  test.each([
    [tcp, []],
    [`${tcp} state NEW`, []],
    [`${tcp} state ESTABLISHED`, ['flow-plain']],
    [`${tcp} state RELATED`, ['expected-plain']],
    ['icmp 198.51.100.7 -> 10.0.0.1 type 3 state RELATED', ['flow-plain']],
    [`${tcp} state INVALID`, []],
  ])('%s', (packet, codes) => {
    const { assumed } = outcome(table('filter', '-A FORWARD -j ACCEPT'), packet);
    expect(assumed.map(({ code }) => code).filter((code) => code.endsWith('-plain'))).toEqual(codes);
  });
});
