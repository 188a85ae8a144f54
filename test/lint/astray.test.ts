import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { checkRuleset } from '../../src/lint/check.ts';
import { sayFinding } from '../../src/report/findings.ts';
import { fixtures } from '../cases.ts';

// Rules of kube-proxy that lead to a chain of something else, as its name (a hash) and its comments tell.

const read = (name: string) =>
  readFileSync(join(fixtures, 'conformance/named', name, 'iptables.save'), 'utf8');
const found = (text: string) =>
  checkRuleset(readDump({ name: 'dump', text }, {}).ruleset)
    .map((one) => `${one.code} ${one.place.chain} ${one.place.number}: ${sayFinding(one)}`)
    .filter((one) => !/^(?:service-rejects|stale-service|unreachable)/.test(one));

const changed = (text: string, pattern: RegExp | string, by: string) => {
  const made = text.replace(pattern, by);
  expect(made).not.toBe(text);
  return made;
};
/** What the rule that matches jumps to. */
const target = (text: string, rule: RegExp) =>
  new RegExp(`${rule.source}.* -j (\\S+)$`, 'm').exec(text)?.[1] as string;
const led = (text: string, from: RegExp, to: RegExp) =>
  changed(text, new RegExp(`(${from.source}.* -j )\\S+$`, 'm'), `$1${target(text, to)}`);

const ports = read('cluster-ip-multi-port');
const dns = read('cluster-ip-dns-tcp-udp');
const nodePort = read('node-port');

describe('what leads to another service', () => {
  const toOther = /cut off: rule \d of nat\/KUBE-\S+ gives these packets to \S+, another service/;

  test('the rule for an address, though the other service is alike and sound', () => {
    const [first, second] = [/^-A KUBE-SERVICES .*:http /, /^-A KUBE-SERVICES .*:metrics /];
    for (const [from, to] of [[first, second] as const, [second, first] as const]) {
      const told = found(led(ports, from, to));
      expect(told).not.toEqual([]);
      for (const one of told) expect(one).toMatch(new RegExp(`^cut-off KUBE-SERVICES .*${toOther.source}`));
    }
  });

  test('a rule for an endpoint', () => {
    const told = found(led(ports, /^-A KUBE-SVC-\S+ .*:http -> /, /^-A KUBE-SVC-\S+ .*:metrics -> /));
    expect(told.join('\n')).toMatch(new RegExp(`^cut-off KUBE-SVC-.*${toOther.source}`));
  });
});

describe('two rules for the endpoints of a service lead to the chain of one of them', () => {
  test.each([dns, nodePort])('the other gets nothing', (text) => {
    const rule = /^-A KUBE-SVC-\S+ .* -> 10\.244\.2\.\S+"/;
    const told = found(led(text, rule, /^-A KUBE-SVC-\S+ .* -> 10\.244\.1\.5\S+"/));
    expect(told).toEqual([expect.stringMatching(/^uneven-shares .* 10\.244\.2\.\d+:\d+ nothing, /)]);
  });

  test('where they lead to each other, each has its share', () => {
    const [one, other] = [/^-A KUBE-SVC-TCOU\S+ .* -> 10\.244\.1/, /^-A KUBE-SVC-TCOU\S+ .* -> 10\.244\.2/];
    const [first, second] = [target(dns, one), target(dns, other)];
    const swap = (text: string, from: RegExp, to: string) =>
      changed(text, new RegExp(`(${from.source}.* -j )\\S+$`, 'm'), `$1${to}`);
    expect(found(swap(swap(dns, one, second), other, first))).toEqual([]);
  });
});

test('nothing is found on the nodes as they are', () => {
  for (const text of [ports, dns, nodePort]) expect(found(text)).toEqual([]);
});

describe('a rule that asks for another protocol than that of the service whose chain it leads to', () => {
  const unmarked = dns.replace(/^-A KUBE-SVC-\S+ ! -s .*\n/gm, '');
  test.each([
    ['an address', dns, 'KUBE-SERVICES', 'udp', 'tcp'],
    ['an address that no other rule asks for', unmarked, 'KUBE-SERVICES', 'udp', 'tcp'],
    ['an address that no other rule asks for', unmarked, 'KUBE-SERVICES', 'tcp', 'sctp'],
    ['a node port', nodePort, 'KUBE-NODEPORTS', 'tcp', 'udp'],
  ])('cuts off %s', (_, text, chain, own, other) => {
    const rule = new RegExp(`^(-A ${chain} .*-p )${own}( .*-m )${own} `, 'm');
    const told = found(changed(text, rule, `$1${other}$2${other} `));
    expect(told).not.toEqual([]);
    for (const one of told)
      expect(one).toMatch(/^cut-off .*: cut off: no rule gives these packets to an endpoint$/);
  });
});

test('no rule leads the address of a load balancer to the chain that admits sources: everybody is dropped', () => {
  for (const name of ['load-balancer-source-ranges', 'ipv6-load-balancer-ranges']) {
    const text = changed(read(name), /^-A KUBE-SERVICES .* -j KUBE-FW-.*\n/gm, '');
    const family = name.startsWith('ipv6') ? 'ipv6' : 'ipv4';
    const all = checkRuleset(readDump({ name: 'dump', text }, { family }).ruleset);
    const told = all.map((one) => `${one.code} ${one.place.chain}: ${sayFinding(one)}`);
    expect(told).toContainEqual(
      expect.stringMatching(/^cut-off KUBE-PROXY-FIREWALL: .*:80 from outside: cut off: packets are dropped/),
    );
    expect(told.filter((one) => one.startsWith('stale-service'))).toEqual([]);
  }
});
