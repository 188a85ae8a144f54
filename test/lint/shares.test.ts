import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerRuleset } from '../../src/engine/program.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { findUneven } from '../../src/lint/shares.ts';
import { sayFinding } from '../../src/report/findings.ts';
import { cases, readCase } from '../cases.ts';

const uneven = (text: string, family: 'ipv4' | 'ipv6' = 'ipv4') =>
  [...lowerRuleset(readDump({ name: 'dump', text }, { family }).ruleset).chains.values()]
    .flatMap(findUneven)
    .map((finding) => sayFinding(finding));

/** A service with an endpoint for each chance, of which null is the rest. */
const dump = (chances: readonly (string | null)[]) => {
  const chains = chances.map((_, at) => `KUBE-SEP-${String(at).padStart(16, 'A').replace(/\d/g, 'B')}${at}`);
  const chance = (one: string | null) =>
    one === null ? '' : ` -m statistic --mode random --probability ${one}`;
  return [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ...[...chains, 'KUBE-SERVICES', 'KUBE-SVC-X'].map((name) => `:${name} - [0:0]`),
    '-A PREROUTING -j KUBE-SERVICES',
    '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "a/b cluster IP" -m tcp --dport 80 -j KUBE-SVC-X',
    ...chances.map((one, at) => `-A KUBE-SVC-X${chance(one)} -j ${chains[at]}`),
    ...chains.map(
      (name, at) => `-A ${name} -p tcp -m tcp -j DNAT --to-destination 10.1.${at >> 8}.${at & 255}:80`,
    ),
    'COMMIT\n',
  ].join('\n');
};
/** As kube-proxy writes them. */
const fair = (count: number, digits: number) =>
  Array.from({ length: count }, (_, at) => (at + 1 === count ? null : (1 / (count - at)).toFixed(digits)));

describe('endpoints of a service get equal shares', () => {
  test.each([[1], [2], [3], [7], [100], [1000]])('of %i, as kube-proxy writes them', (count) => {
    expect(uneven(dump(fair(count, 10)))).toEqual([]);
    expect(uneven(dump(fair(count, 5)))).toEqual([]);
  });

  test('on recorded nodes', () => {
    for (const one of cases)
      expect([one.id, uneven(readCase(one, 'iptables.save'), one.family)]).toEqual([one.id, []]);
  });

  test('chances that look alike', () => {
    expect(uneven(dump(['0.33333333349', '0.33333333349', null]))).toEqual([
      expect.stringMatching(/:80 about 33 %, \S+ about 22 %, \S+ about 44 %$/),
    ]);
  });

  // Of 60 packets the kernel gave 32 and 28 to the other two: a chain that translates nothing returns.
  test.each([
    ['no rule translates', (line: string) => (line.includes('10.1.0.0:80') ? [] : [line])],
    [
      'the rule is for another protocol',
      (line: string) => [
        line.includes('10.1.0.0:80') ? line.replace('-p tcp -m tcp', '-p udp -m udp') : line,
      ],
    ],
  ])('an endpoint for which %s gets nothing', (_, changed) => {
    expect(uneven(dump(fair(3, 10)).split('\n').flatMap(changed).join('\n'))).toEqual([
      expect.stringMatching(
        /connections: \S+ (?:0|none|nothing)\b.*, \S+ (?:about )?50 %, \S+ (?:about )?50 %$/,
      ),
    ]);
  });

  test('one chance that is another, or a rule that is gone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 40 }), fc.nat(), (count, where) => {
        const at = where % (count - 1);
        const chances = fair(count, 10);
        expect(uneven(dump(chances.with(at, String(Number(chances[at]) / 2))))).toHaveLength(1);
        // The first may go: the others share all there is.
        expect(uneven(dump(chances.toSpliced(at, 1)))).toHaveLength(at === 0 ? 0 : 1);
      }),
      { numRuns: 25 },
    );
  });
});
