import { describe, expect, test } from 'vitest';
import { parseSubnet, type Subnet } from '../../src/address/subnet.ts';
import { otherMatches } from '../../src/engine/lower/iptables/other-matches.ts';
import { otherTargets } from '../../src/engine/lower/iptables/other-targets.ts';
import { parsePacket } from '../../src/engine/notation.ts';
import { printCode, printProgram } from '../../src/engine/print.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { parseInterfaceAddress } from '../../src/host/interface-address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { headerMatches } from '../../src/iptables/rule/extensions/headers.ts';
import { otherMatches as otherMatchSyntax } from '../../src/iptables/rule/extensions/other-matches.ts';
import { otherTargets as otherTargetSyntax } from '../../src/iptables/rule/extensions/other-targets.ts';
import { rateMatches } from '../../src/iptables/rule/extensions/rates.ts';

const programOf = (text: string) => buildProgram(readDump({ name: 'rules', text }).ruleset);
const forward = (...rules: string[]) =>
  `*filter\n${rules.map((rule) => `-A FORWARD ${rule}\n`).join('')}COMMIT\n`;

function lowered(rule: string): string {
  const [first] = programOf(forward(rule)).chains.get('filter/FORWARD')?.rules ?? [];
  return printCode(first?.code ?? [], 'ipv4');
}

describe('every extension that iptables reads has a meaning written down', () => {
  test('matches', () => {
    const read = [...headerMatches, ...otherMatchSyntax, ...rateMatches].map(({ name }) => name);
    expect([...new Set(read)].filter((name) => !(name in otherMatches))).toEqual([]);
  });

  test('targets', () => {
    const read = otherTargetSyntax.map(({ name }) => name);
    expect([...new Set(read)].filter((name) => !(name in otherTargets))).toEqual([]);
  });
});

describe('what rules of iptables mean', () => {
  test.each([
    [
      '-s 10.0.0.0/8 ! -d 10.1.2.3 -j DROP',
      'source in 10.0.0.0-10.255.255.255; not destination in 10.1.2.3; drop',
    ],
    ['-i eth0 -o veth+ -j ACCEPT', 'in in "eth0"; out in "veth"-"veth*"; accept'],
    ['-p tcp -m tcp --dport 80 -j DROP', 'protocol in 6; destinationPort in 80; drop'],
    ['-p tcp -m tcp --tcp-flags SYN,RST SYN -j DROP', 'protocol in 6; tcpFlags & 6 in 2; drop'],
    ['-m dscp --dscp 0x0a -j DROP', 'tos & 252 in 40; drop'],
    ['-m ttl ! --ttl-eq 64', 'not ttl in 64'],
    ['-m mark --mark 0x4000/0x4000 -j DROP', 'mark & 16384 in 16384; drop'],
    ['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', 'ctState in 2-3; accept'],
    [
      '-m conntrack --ctstate DNAT -j ACCEPT',
      '(ctState in { } or (ct in 1 and ctStatus & 32 in 32)); accept'.replace('{ }', '{  }'),
    ],
    ['-m limit --limit 5/min -j DROP', 'recall limit --limit 5/min; drop'],
    ['-m helper --helper ftp -j DROP', '(ct in 1 and ctStatus & 1 in 1 and ctHelper ftp in 1); drop'],
    [
      '-m statistic --mode random --probability 0.5 -j DROP',
      'choose by chance { 1/2 : go on, 1/2 : fail }; drop',
    ],
    ['-j NFQUEUE --queue-num 1', 'queue NFQUEUE'],
    ['-j SET --add-set blocked src', 'remember set blocked add src'],
  ])('%s', (rule, meaning) => {
    expect(lowered(rule)).toBe(meaning);
  });

  test('base chains stand at their hooks in the order of their priorities', () => {
    const text =
      '*nat\n:PREROUTING ACCEPT\nCOMMIT\n*raw\n:PREROUTING ACCEPT\nCOMMIT\n*mangle\n:PREROUTING DROP\nCOMMIT\n';
    expect(printProgram(programOf(text)).split('\n').slice(0, 5)).toEqual([
      'family ipv4',
      'hook PREROUTING',
      '  raw/PREROUTING type filter priority -300 policy ACCEPT',
      '  mangle/PREROUTING type filter priority -150 policy DROP',
      '  nat/PREROUTING type nat priority -100 policy ACCEPT',
    ]);
  });
});

describe('a field that nothing tells', () => {
  const host = buildHost('ipv4', [
    {
      addresses: [parseInterfaceAddress('192.168.0.2/24')].flatMap((address) => address ?? []),
      podCIDR: parseSubnet('10.180.0.0/24') as Subnet,
    },
  ]);
  const packet = parsePacket({ name: 'packet', text: 'tcp 203.0.113.9:4000 -> 10.180.0.5:80 from external' });
  const verdicts = (mangle: readonly string[], rules: readonly string[]) => {
    const text = `*mangle\n${mangle.map((rule) => `-A ${rule}\n`).join('')}COMMIT\n${forward(...rules)}`;
    return tracePacket(programOf(text), host, packet).outcomes.map(({ verdict }) => verdict);
  };

  test.each([
    [
      'DSCP, set and then asked',
      ['PREROUTING -j DSCP --set-dscp 0x0a'],
      ['-m dscp --dscp 0x0a -j DROP'],
      'drop',
    ],
    [
      'DSCP, set to another',
      ['PREROUTING -j DSCP --set-dscp 0x0b'],
      ['-m dscp --dscp 0x0a -j DROP'],
      'accept',
    ],
    ['DSCP, of which nothing is known', [], ['-m dscp --dscp 0x0a -j DROP'], 'unknown'],
    [
      'TOS, of which DSCP is a part',
      ['PREROUTING -j TOS --set-tos 0x28/0xff'],
      ['-m dscp --dscp 0x0a -j DROP'],
      'drop',
    ],
    ['ECN beside DSCP', ['PREROUTING -j DSCP --set-dscp 0x0a'], ['-m ecn --ecn-ip-ect 1 -j DROP'], 'unknown'],
    [
      'TTL, set before it is forwarded',
      ['PREROUTING -j TTL --ttl-set 64'],
      ['-m ttl --ttl-eq 63 -j DROP'],
      'drop',
    ],
    ['TTL that is spent', ['PREROUTING -j TTL --ttl-set 1'], ['-j ACCEPT'], 'reject'],
    [
      'MSS, made smaller',
      ['FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 500'],
      ['-p tcp -m tcpmss --mss 1000:1500 -j DROP'],
      'accept',
    ],
    ['MSS, of which nothing is known', [], ['-p tcp -m tcpmss --mss 1000:1500 -j DROP'], 'unknown'],
    ['all values together', [], ['-m ttl --ttl-lt 64 -j DROP', '-m ttl --ttl-gt 63 -j DROP'], 'drop'],
    [
      'a question and its negation',
      [],
      ['-m length --length 100 -j DROP', '-m length ! --length 100 -j DROP'],
      'drop',
    ],
    [
      'the same before and after forwarding',
      ['PREROUTING -m ttl --ttl-eq 64 -j MARK --set-mark 1'],
      ['-m mark --mark 1 -m ttl --ttl-eq 64 -j DROP'],
      'accept',
    ],
  ] as const)('%s', (_name, mangle, rules, verdict) => {
    expect(verdicts(mangle, rules)).toEqual([verdict]);
  });
});
