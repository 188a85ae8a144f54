import { describe, expect, test } from 'vitest';
import { type FindingCode, findingCodes, severities } from '../../src/lint/finding.ts';
import type { FindingExample } from '../../src/report/words/explained/page.ts';
import { findingPages } from '../../src/report/words/explained/pages.ts';
import { cases, readCase } from '../cases.ts';
import { kubenat } from './harness.ts';

const filter = (...lines: string[]) =>
  `*filter\n:FORWARD ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`;
/** Where each example of the catalogue must have its finding. */
const places: Readonly<Record<FindingCode, RegExp>> = {
  'cut-off':
    /^node.save:9: error\[cut-off\]: nat KUBE-SERVICES 1: a\/b:http at 10\.96\.0\.1:80 from pods of this node: cut off: no rule gives/m,
  repeated: /^node.save:4: warning\[repeated\]: filter INPUT 2: the same as rule 1/m,
  shadowed: /^node.save:4: warning\[shadowed\]: filter INPUT 2/m,
  unreachable: /^node.save:3: warning\[unreachable\]: filter MINE: nothing leads to MINE/m,
  'stale-service':
    /^node.save:3: .*nat KUBE-SVC\[a\/b:http\]: nothing leads to KUBE-SVC-AAAAAAAAAAAAAAAA \(a\/b:http\)/m,
  'empty-jump': /^node.save:4: warning\[empty-jump\]: filter INPUT 1/m,
  'service-rejects': /^node.save:3: warning\[service-rejects\]: filter INPUT 1: a\/b:http has no endpoints/m,
  'masquerade-missing': /^node.save:4: error\[masquerade-missing\]: nat KUBE-MARK-MASQ/m,
  'too-many-rules': /too-many-rules\]: filter INPUT: there are too many rules to find all/,
  'forward-policy': /^node.save:2: error\[forward-policy\]: filter FORWARD/m,
  'silence-unused': /^node.save:3:3: warning\[silence-unused\]: nothing is silenced/m,
};

/** Runs an example of the catalogue. */
function run({ files, flags = [] }: FindingExample, ...more: readonly string[]) {
  return kubenat(
    ['check', ...more, ...flags, ...Object.keys(files).filter((name) => !flags.includes(name))],
    files,
  );
}

describe('kubenat check', () => {
  test('every finding has its page, and its place', () => {
    expect(Object.keys(findingPages).sort()).toEqual([...findingCodes].sort());
    expect(Object.keys(places).sort()).toEqual([...findingCodes].sort());
  });

  test.each(findingCodes)('%s: what fails, and what passes', { timeout: 60_000 }, async (code) => {
    const { fails, passes } = findingPages[code];
    const { status, out } = await run(fails);
    expect(out).toMatch(places[code]);
    expect(status).toBe(severities[code] === 'note' ? 0 : 1);
    const json = JSON.parse((await run(fails, '--format', 'json')).out);
    expect(json.findings.map((finding: { code: string }) => finding.code)).toEqual([code]);
    const right = await run(passes, '--format', 'json');
    expect([right.status, JSON.parse(right.out).findings], right.err).toEqual([0, []]);
  });

  const innocent = [
    // What comes first must take all: a port less, another protocol, another source, or a chance.
    ['-A INPUT -p tcp -m tcp --dport 1:65535 -j ACCEPT', '-A INPUT -p tcp -j DROP'],
    ['-A INPUT -p udp -j ACCEPT', '-A INPUT -p tcp -j DROP'],
    ['-A INPUT -s 10.1.0.0/16 -j ACCEPT', '-A INPUT -s 10.0.0.0/8 -j DROP'],
    ['-A INPUT -m statistic --mode random --probability 0.5 -j ACCEPT', '-A INPUT -j DROP'],
    ['-A INPUT -m mark --mark 0x1 -j ACCEPT', '-A INPUT -m mark --mark 0x1 -j DROP'],
    ['-A INPUT -p tcp -m tcp --tcp-flags SYN SYN -j ACCEPT', '-A INPUT -p tcp -j DROP'],
    ['-A INPUT -s 10.0.0.0/8 -j LOG', '-A INPUT -s 10.0.0.0/8 -j DROP'],
  ];
  test.each(innocent)('%s, then %s', async (...rules) => {
    expect((await kubenat(['check', 'dump'], { dump: filter(...rules) })).status).toBe(0);
  });

  test('nothing but services without endpoints is found in what kube-proxy makes', async () => {
    for (const one of cases) {
      const files = { dump: readCase(one, 'iptables.save') };
      const { out } = await kubenat(['check', '--family', one.family, '--format', 'json', 'dump'], files);
      const kinds = new Set(JSON.parse(out).findings.map(({ code }: { code: string }) => code));
      expect([one.id, [...kinds].filter((kind) => kind !== 'service-rejects')]).toEqual([one.id, []]);
    }
  });

  test('chains of others are named', async () => {
    const dump = filter(
      ':DOCKER - [0:0]',
      ':cali-FORWARD - [0:0]',
      '-A FORWARD -j DOCKER',
      '-A FORWARD -j cali-FORWARD',
      '-A DOCKER -j RETURN',
      '-A cali-FORWARD -j RETURN',
    );
    expect((await kubenat(['check', 'dump'], { dump })).out).toMatch(/1 of Docker, 1 of Calico/);
  });
});
