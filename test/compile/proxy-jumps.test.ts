import { describe, expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { addProxyJumps } from '../../src/proxy/iptables/proxy-jumps.ts';
import { cases, readCase } from '../cases.ts';

const read = (text: string, family: 'ipv4' | 'ipv6' = 'ipv4') =>
  readDump({ name: 'rules', text }, { family }).ruleset;

describe('what kube-proxy sends, with the jumps that it makes apart', () => {
  test.each(cases)('$id', (case_) => {
    const payload = readCase(case_, 'kube-proxy.restore');
    const sent = addProxyJumps(read(payload, case_.family));
    expect(sent.added).toBe(true);
    // KUBE-FIREWALL, where it is empty, is not in the payload either: nobody misses the jumps to it.
    const isMissed = (line: string) => payload.includes('KUBE-FIREWALL') || !line.includes('KUBE-FIREWALL');
    const saved = readCase(case_, 'iptables.save').split('\n').filter(isMissed).join('\n');
    expect(writeDump(sent.ruleset)).toBe(saved);
  });

  test('what has its jumps is left as it is', () => {
    for (const case_ of cases.slice(0, 10)) {
      const ruleset = read(readCase(case_, 'iptables.save'), case_.family);
      expect(addProxyJumps(ruleset)).toEqual({ ruleset, added: false });
    }
  });
});

const nat = (...lines: string[]) => `*nat\n${lines.join('\n')}\nCOMMIT\n`;

describe('what is not kube-proxy payload', () => {
  test.each([
    ['no nat table', '*filter\n:KUBE-SERVICES - [0:0]\nCOMMIT\n'],
    ['no KUBE-SERVICES', nat(':KUBE-POSTROUTING - [0:0]')],
    ['no KUBE-POSTROUTING', nat(':KUBE-SERVICES - [0:0]')],
    [
      'one jump is there',
      nat(
        ':POSTROUTING ACCEPT [0:0]',
        ':KUBE-SERVICES - [0:0]',
        ':KUBE-POSTROUTING - [0:0]',
        '-A POSTROUTING -j KUBE-POSTROUTING',
      ),
    ],
  ])('%s', (_, text) => {
    const ruleset = read(text);
    expect(addProxyJumps(ruleset)).toEqual({ ruleset, added: false });
  });

  // What names a built-in chain is a dump, and a dump that has no jump is of a node that has none.
  test.each([[':POSTROUTING ACCEPT [0:0]'], [':PREROUTING ACCEPT [0:0]']])('%s is named', (builtIn) => {
    const ruleset = read(nat(builtIn, ':KUBE-SERVICES - [0:0]', ':KUBE-POSTROUTING - [0:0]'));
    expect(addProxyJumps(ruleset)).toEqual({ ruleset, added: false });
  });

  test('a built-in chain of another table is named', () => {
    const chains = nat(':KUBE-SERVICES - [0:0]', ':KUBE-POSTROUTING - [0:0]');
    const ruleset = read(`*filter\n:FORWARD DROP [0:0]\nCOMMIT\n${chains}`);
    expect(addProxyJumps(ruleset)).toEqual({ ruleset, added: false });
  });

  test('chains that a payload does not have are not made, wherever its tables stand', () => {
    const chains = nat(':KUBE-SERVICES - [0:0]', ':KUBE-POSTROUTING - [0:0]');
    const filter = '*filter\n:KUBE-FIREWALL - [0:0]\n:KUBE-FORWARD - [0:0]\nCOMMIT\n';
    for (const text of [chains + filter, filter + chains]) {
      const { ruleset } = addProxyJumps(read(text));
      const lines = writeDump(ruleset)
        .split('\n')
        .filter((line) => /^(?:-A|:KUBE)/.test(line));
      expect(lines.toSorted()).toEqual(
        [
          ':KUBE-FIREWALL - [0:0]',
          ':KUBE-FORWARD - [0:0]',
          ':KUBE-POSTROUTING - [0:0]',
          ':KUBE-SERVICES - [0:0]',
          '-A INPUT -j KUBE-FIREWALL',
          '-A OUTPUT -j KUBE-FIREWALL',
          '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
          '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
          '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
          '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
        ].toSorted(),
      );
    }
  });
});
