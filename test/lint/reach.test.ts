import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/engine/program.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { checkRuleset } from '../../src/lint/check.ts';
import type { Finding } from '../../src/lint/finding.ts';
import { listFronts } from '../../src/lint/reach/iptables-fronts.ts';
import { findReach } from '../../src/lint/reach.ts';
import { sayFinding } from '../../src/report/findings.ts';
import { dumpSide } from '../../src/session/side.ts';
import { cases, fixtures, readCase } from '../cases.ts';

const load = (text: string) => readDump({ name: 'dump', text }, {}).ruleset;
const say = (finding: Finding) => sayFinding(finding);
const found = (text: string) => checkRuleset(load(text)).map((finding) => `${finding.code}: ${say(finding)}`);

const cutOff = (text: string) =>
  findReach({ program: buildProgram(load(text)), iptables: load(text), nft: [] }, []).map(say);

/** Texts of a node that has lost all of kube-proxy's jumps, as a whole and in parts. */
describe('all jumps are lost', () => {
  const node = readFileSync(join(fixtures, 'conformance/named/node-port/iptables.save'), 'utf8');
  const lost = node.replace(/^-A (?:PREROUTING|OUTPUT|POSTROUTING|INPUT|FORWARD) .*\n/gm, '');
  const foundIn = (text: string) =>
    checkRuleset(dumpSide('dump', { name: 'dump', text }, 'ipv4').ruleset).map(
      (finding) => `${finding.code}: ${say(finding)}`,
    );

  test('a dump says who is cut off, and calls nothing stale', () => {
    expect(foundIn(lost)).toEqual([
      'cut-off: default/web at 10.96.0.10:80 from pods of this node: cut off: no rule gives these packets to an endpoint',
      'cut-off: default/web at 10.96.0.10:80 from the node itself: cut off: no rule gives these packets to an endpoint',
      'cut-off: default/web at node port 30080 from pods of this node: cut off: no rule gives these packets to an endpoint',
      'cut-off: default/web at node port 30080 from the node itself: cut off: no rule gives these packets to an endpoint',
      'cut-off: default/web at node port 30080 from outside: cut off: no rule gives these packets to an endpoint',
      // Nothing leads to KUBE-FIREWALL, either.
      'setting-contradicts: kube-proxy sets net.ipv4.conf.all.route_localnet: hosts beside the node reach what listens on 127.0.0.1 alone, as no rule drops such packets (CVE-2020-8558)',
    ]);
  });

  test('of what kube-proxy sends nothing is said', () => {
    const sent = readFileSync(join(fixtures, 'conformance/named/node-port/kube-proxy.restore'), 'utf8');
    expect(foundIn(sent)).toEqual([]);
  });

  test('of rules without their table it is not known who is cut off, and that is said', () => {
    const found = foundIn(lost.replace(/^[*:C].*\n/gm, ''));
    const undecided = found.filter((one) => one.startsWith('undecided'));
    expect(undecided).toHaveLength(5);
    for (const one of undecided)
      expect(one).toMatch(/: the rules that follow are not shown, in (?:filter|nat)\/KUBE-/);
    // Without `*filter` the DROP of KUBE-FIREWALL stands among rules of nat, which take none.
    expect(found.filter((one) => !undecided.includes(one))).toEqual([
      'rule-unread: not all of the line could be read: what the rule does is not known',
    ]);
  });
});

/** What the live kernel does not close: a client that reads to the end waits on. */
test.each([
  '-p tcp -m tcp --tcp-flags FIN FIN -j DROP',
  '-p tcp -m tcp --sport 8080 --tcp-flags FIN FIN -j DROP',
])('a service whose connections are never closed is told of: %s', (rule) => {
  const node = readFileSync(join(fixtures, 'conformance/named/node-port/iptables.save'), 'utf8');
  const dropping = node.replace(/^-A FORWARD /m, `-A FORWARD ${rule}\n$&`);
  expect(cutOff(node)).toEqual([]);
  expect(cutOff(dropping)[0]).toContain(
    'packets that close a connection (FIN) are dropped by rule 1 of filter/FORWARD',
  );
});

/** On the live kernel, after `ip neigh flush all`: `No route to host` with each of the first three, and connected with the others. */
test.each([
  ['INPUT', '-p ipv6-icmp -j DROP', true],
  ['OUTPUT', '-p ipv6-icmp -j DROP', true],
  ['INPUT', '-p ipv6-icmp -m icmp6 --icmpv6-type 136 -j DROP', true],
  ['INPUT', '-p ipv6-icmp -m icmp6 --icmpv6-type 128 -j DROP', false],
  ['INPUT', '-p ipv6-icmp -m icmp6 --icmpv6-type 136 -m hl ! --hl-eq 255 -j DROP', false],
])('what drops neighbour discovery cuts services off: %s %s: %s', (chain, rule, isLost) => {
  const node = readFileSync(join(fixtures, 'conformance/named/ipv6-cluster-ip/iptables.save'), 'utf8');
  const cut = (text: string) => cutOff(text).filter((line) => line.includes('neighbour discovery'));
  expect(cut(node)).toEqual([]);
  const dropping = node.replace(new RegExp(`^-A ${chain} `, 'm'), `-A ${chain} ${rule}\n$&`);
  expect(cut(dropping).length > 0).toBe(isLost);
});

/** What is found in a dump, and how often. */
describe('dumps that people have', () => {
  test.each([
    [
      'lost-prerouting-jump',
      [
        'cut-off: default/np at 10.43.143.108:80 from pods of this node: cut off: no rule gives these packets to an endpoint',
        'cut-off: default/np at node port 30000 from pods of this node: cut off: no rule gives these packets to an endpoint',
        'cut-off: default/np at node port 30000 from outside: cut off: no rule gives these packets to an endpoint',
      ],
    ],
    [
      'forward-policy',
      [
        'cut-off: default/web at node port 30080 from pods of this node: cut off: packets are dropped by the policy of filter/FORWARD',
        'cut-off: default/web at node port 30080 from outside: cut off: packets are dropped by the policy of filter/FORWARD',
        'ports-predictable: masquerade without --random-fully: of two connections that begin at once, both may get one port, and one is lost',
      ],
    ],
    [
      'repeated',
      [
        'repeated: the same as rule 1',
        'repeated: the same as rule 1',
        'repeated: the same as rule 1',
        'repeated: the same as rule 1',
        'repeated: the same as rule 1',
      ],
    ],
    ['ufw', []],
    ['comment-with-slash', []],
    // What an excerpt does not show is not missing; a chance of 0.808 stands in it.
    [
      'excerpt',
      [
        'uneven-shares: default/shop: its endpoints get uneven shares of new connections: 10.244.3.5:8080 about 33 %, 10.244.1.5:8080 about 54 %, 10.244.2.5:8080 about 13 %',
      ],
    ],
  ])('%s', (name, expected) => {
    expect(found(readFileSync(join(fixtures, 'check', `${name}.save`), 'utf8'))).toEqual(expected);
  });
});

/** Ways to break a node's rules; null where the dump has nothing such. */
const sabotage: Readonly<Record<string, (dump: string) => string | null>> = {
  'no jump from PREROUTING': (dump) => without(dump, /^-A PREROUTING .*-j KUBE-SERVICES\n/m),
  'no jump from OUTPUT': (dump) =>
    without(dump, /^-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n/m),
  'no DNAT at all': (dump) => without(dump, /^-A KUBE-SEP-.*-j DNAT .*\n/gm),
  'all accepted before KUBE-SERVICES': (dump) =>
    replaced(dump, /^-A PREROUTING /m, '-A PREROUTING -j ACCEPT\n-A PREROUTING '),
  'forwarded packets rejected at last': (dump) =>
    replaced(dump, /^(-A FORWARD (?:.*\n-A FORWARD )*.*\n)/m, '-A FORWARD -j REJECT\n$1'),
  'forwarded packets dropped by policy': (dump) =>
    replaced(without(dump, /^-A FORWARD .*-j KUBE-FORWARD\n/m), /^:FORWARD ACCEPT/m, ':FORWARD DROP'),
  'chains of endpoints emptied': (dump) => without(dump, /^-A KUBE-SEP-.*\n/gm),
  'chains of services emptied': (dump) => without(dump, /^-A KUBE-SV[CL]-.*-j KUBE-SEP-.*\n/gm),
  'raw drops what comes in': (dump) =>
    `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -j DROP\nCOMMIT\n${dump}`,
  untracked: (dump) =>
    `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -j CT --notrack\nCOMMIT\n${dump}`,
};

function without(dump: string, pattern: RegExp): string | null {
  const text = dump.replace(pattern, '');
  return text === dump ? null : text;
}

function replaced(dump: string | null, pattern: RegExp, by: string): string | null {
  const text = dump?.replace(pattern, by) ?? null;
  return text === dump ? null : text;
}

describe('a healthy node that is broken', () => {
  // Some of the recorded nodes: those with a service that has endpoints and a cluster address.
  const healthy = cases
    .map((one) => readCase(one, 'iptables.save'))
    .filter((dump) => listFronts(buildProgram(load(dump)).chains).some(({ kind }) => kind === 'cluster-ip'))
    .slice(0, 12)
    .map((dump) => ({ dump, before: new Set(cutOff(dump)) }));

  test.each(Object.entries(sabotage))('%s', (_, breaks) => {
    let broken = 0;
    for (const { dump, before } of healthy) {
      const text = breaks(dump);
      if (text === null) continue;
      broken += 1;
      const cut = cutOff(text).filter((line) => !before.has(line));
      expect(cut.length, text).toBeGreaterThan(0);
    }
    expect(broken).toBeGreaterThan(5);
  });
});

test('clients that a service remembers, and its own endpoints by its node port', () => {
  const affinity = readCase(
    cases.find(({ id }) => id === 'named/session-affinity') as (typeof cases)[number],
    'iptables.save',
  );
  const lost = affinity.replace(/^(-A KUBE-SVC-\S+ .*--rcheck .*)-j KUBE-SEP-\S+$/m, '$1-j RETURN');
  expect(lost).not.toBe(affinity);
  expect(cutOff(affinity)).toEqual([]);
  expect(cutOff(lost).filter((line) => line.includes('from clients that it remembers'))).toHaveLength(1);
  const unmarked = readFileSync(join(fixtures, 'conformance/named/node-port/iptables.save'), 'utf8').replace(
    /^-A KUBE-(?:SEP|EXT)-\S+ .*-j KUBE-MARK-MASQ\n/gm,
    '',
  );
  expect(
    cutOff(unmarked).filter((line) => line.includes('node port 30080 from its own endpoint')),
  ).toHaveLength(1);
});

test('a node port that somebody takes away before KUBE-SERVICES', () => {
  const node = readFileSync(join(fixtures, 'conformance/named/node-port/iptables.save'), 'utf8');
  const taken = node.replace(
    /^-A PREROUTING .*-j KUBE-SERVICES$/m,
    '-A PREROUTING -p tcp -m tcp --dport 30080 -j REDIRECT --to-ports 22\n$&',
  );
  expect(taken).not.toBe(node);
  expect(cutOff(taken)).toEqual([
    expect.stringMatching(
      /^default\/web at node port 30080 from pods of this node: .*gives these packets to \S+:22$/,
    ),
    expect.stringMatching(/^default\/web at node port 30080 from outside: .*gives these packets to \S+:22$/),
  ]);
});
