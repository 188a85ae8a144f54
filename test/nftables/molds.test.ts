import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTaken } from '../../src/nftables/check/load.ts';
import type { Problem } from '../../src/text/problem.ts';
import { fixtures } from '../cases.ts';

// What is like something that was read before is read as that, with its own values. That it says what it would say as the first of its
// kind is what is held here: each rule and each element is read once among the others, and once alone.

interface Said {
  readonly problems: readonly string[];
  readonly says: unknown;
}

/** Positions from the beginning of the line. */
function saidOf(problems: readonly Problem[], says: unknown, start: number): Said {
  const told = problems.map(({ code, message, expected, span }) =>
    [code, message, expected, (span?.start ?? 0) - start, (span?.end ?? 0) - start].join(' '),
  );
  return { problems: told, says };
}

const within = ({ problems }: { readonly problems: readonly Problem[] }, start: number, end: number) =>
  problems.filter(({ span }) => span && span.start >= start && span.start <= end);

/** What each of the lines says between a head and an end; `parts` are the rules or elements with their places. */
function saidByLines(
  head: string,
  lines: readonly string[],
  separator: string,
  tail: string,
): readonly Said[] {
  const text = head + lines.join(separator) + tail;
  const read = readTaken({ name: 'lines', text });
  const [table] = read.ruleset.tables;
  const rules = table?.chains[0]?.rules ?? [];
  const elements = table?.sets[0]?.elements;
  let start = head.length;
  return lines.map((line, index) => {
    const own = start;
    start += line.length + separator.length;
    const says = elements
      ? elements[index]
      : rules
          .filter(({ place }) => place && place.start >= own && place.start <= own + line.length)
          .map(({ place, ...rule }) => ({ ...rule, length: (place?.end ?? 0) - (place?.start ?? 0) }));
    return saidOf(within(read, own, own + line.length), says, own);
  });
}

const inChain = (family: string, lines: readonly string[]) =>
  saidByLines(`table ${family} t {\n\tchain c {\n\t\t`, lines, '\n\t\t', '\n\t}\n}\n');

const inSet = (type: string, lines: readonly string[]) =>
  saidByLines(
    `table ip t {\n\t${type.includes(' : ') ? 'map' : 'set'} s {\n\t\ttype ${type}\n\t\telements = { `,
    lines,
    ',\n\t\t\t     ',
    ' }\n\t}\n}\n',
  );

/**
 * Each text among the others as it is alone: the right ones twice, so that all forms are known when they come again; each wrong one behind
 * them, because what follows a mistake in a set is read as best it can be.
 */
function expectAsAlone(read: (lines: readonly string[]) => readonly Said[], lines: readonly string[]): void {
  const alone = lines.map((line) => ({ line, said: read([line]) }));
  const right = alone.filter(({ said }) => said.every(({ problems }) => problems.length === 0));
  const known = right.map(({ line }) => line);
  if (known.length > 0)
    expect(read([...known, ...known])).toEqual([...right, ...right].flatMap(({ said }) => said));
  for (const { line, said } of alone)
    if (!known.includes(line)) expect(read([...known, line]).slice(-1)).toEqual(said);
}

function keyAlone(type: string, line: string): string {
  const [said] = inSet(type, [line]) as [Said];
  const { key } = said.says as { readonly key: unknown };
  return JSON.stringify(key, (_name, part) => (typeof part === 'bigint' ? `${part}` : part));
}

const octet = fc.oneof(fc.nat(255).map(String), fc.constantFrom('0', '00', '010', '256', '255', ''));
const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
const kept = fc
  .nat(0xffffffff)
  .map((number) => [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.'));
const anAddress = fc.oneof({ weight: 4, arbitrary: kept }, { weight: 1, arbitrary: address });
const port = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 65_535 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0', '080', '65536', '63000', '0x50', 'http', '80-90', '99999999999999999999'),
  },
);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z][\w/.-]{0,20}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('return', 'ip', 'name-of-slot-0', 'a*', '8021q', '"quoted"', 'abc:1', 'add'),
  },
);
const comment = fc.oneof(
  fc.stringMatching(/^[ -!#-~]{0,30}$/),
  fc.constantFrom('', 'text of slot 0', '# handle 4', '한글'),
);

/** Forms with values of their own: `A` an address, `P` a port, `N` a name, `C` a comment. */
const ruleForms = [
  'ip saddr A jump N',
  'ip saddr A meta mark set 0x4000 dnat to A:P',
  'ip daddr != A tcp dport P accept',
  'meta l4proto tcp dnat ip to A:P',
  'meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : A . P, 1 : A . P }',
  'numgen random mod 2 vmap { 0 : goto N, 1 : goto N }',
  'ip daddr A/24 goto N comment "C"',
  'ip daddr A-A drop',
  'ip daddr { A, A } tcp dport vmap { P : jump N, P : drop }',
  'meta mark P dnat to A:P',
  'ip saddr A ip daddr A counter packets 0 bytes 0 goto N # handle 12',
  'ip saddr & A == A return',
  'update @s { ip saddr . A timeout 1h }',
  'dnat to A:P',
  'jump N # a remark',
  'goto N; accept',
  'tcp dport P reject comment "C"',
  'ip saddr A . P drop',
  'snat to A accept',
];
const elementForms: Readonly<Record<string, readonly string[]>> = {
  ipv4_addr: ['A', 'A comment "C"', 'A-A', 'A/24'],
  'ipv4_addr . inet_proto . inet_service : verdict': [
    'A . tcp . P : goto N',
    'A . udp . P : drop',
    'A . 6 . P : jump N',
    'A . tcp . P comment "C" : goto N',
  ],
  'ipv4_addr . ipv4_addr . inet_proto . inet_service': [
    'A . A . tcp . P',
    'A . A . P . P',
    'A . A . sctp . P comment "C"',
  ],
  'inet_service : ipv4_addr . inet_service': ['P : A . P', 'P : A . http'],
  'mark : verdict': ['P : goto N', 'A : goto N'],
};

function written(form: string): fc.Arbitrary<string> {
  const values = [...form.matchAll(/\b[APNC]\b/g)].map(([letter]) =>
    letter === 'A' ? anAddress : letter === 'P' ? port : letter === 'N' ? name : comment,
  );
  return fc.tuple(...values).map((own) => {
    let at = 0;
    return form.replace(/\b[APNC]\b/g, () => own[at++] as string);
  });
}

/** Many of few forms: the more there are of one, the more is read by it. */
const several = (forms: readonly string[]) =>
  fc
    .array(fc.constantFrom(...forms), { minLength: 1, maxLength: 3 })
    .chain((few) => fc.array(fc.constantFrom(...few).chain(written), { minLength: 1, maxLength: 16 }));

describe('among others as alone', () => {
  test.each(['ip', 'ip6', 'inet'])('rules of %s', (family) => {
    fc.assert(
      fc.property(several(ruleForms), (lines) => expectAsAlone((own) => inChain(family, own), lines)),
      { numRuns: 100 },
    );
  });

  test.each(Object.keys(elementForms))('elements of %s', (type) => {
    // Equal keys are one element, and what is refused takes the others with it.
    const forms = elementForms[type] as readonly string[];
    fc.assert(
      fc.property(several(forms), (lines) => {
        const taken = lines.filter((line) => inSet(type, [line])[0]?.problems.length === 0);
        const once = [...new Map(taken.map((line) => [keyAlone(type, line), line])).values()];
        if (once.length > 0) expect(inSet(type, once)).toEqual(once.map((line) => inSet(type, [line])[0]));
        for (const line of lines)
          if (!taken.includes(line))
            expect(inSet(type, [...once, line]).slice(-1)).toEqual(inSet(type, [line]));
      }),
      { numRuns: 100 },
    );
  });

  test.each(['1.33.5', '1.37.2'])('rules of kube-proxy %s', (release) => {
    const text = readFileSync(join(fixtures, 'conformance/nftables', release, 'r005.nft'), 'utf8');
    const { ruleset } = readTaken({ name: release, text });
    const lines = ruleset.tables
      .filter(({ family }) => family === 'ip')
      .flatMap(({ chains }) => chains.flatMap(({ rules }) => rules))
      .map(({ place }) => text.slice(place?.start, place?.end));
    expect(lines.length).toBeGreaterThan(100);
    expectAsAlone((own) => inChain('ip', own), lines);
  });
});
