import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import type { Family } from '../../src/address/address.ts';
import { type PartKind, setTypes } from '../../src/ipset/sets.ts';
import type { TestCase, TestPacket } from './generate.ts';
import { nodes } from './node.ts';

const addresses = {
  ipv4: ['10.96.0.1', '10.96.0.2', '172.16.5.5', '203.0.113.9', '203.0.113.77', '10.180.0.5', '10.180.1.6'],
  ipv6: [
    'fd00:10:96::1',
    'fd00:10:96::2',
    'fd77::5',
    '2001:db8:113::9',
    '2001:db8:113::77',
    'fd00:10:180::5',
  ],
} as const satisfies Record<Family, readonly string[]>;
const lengths = { ipv4: [8, 16, 24, 30, 32], ipv6: [16, 32, 64, 126, 128] } as const;
const ports = [80, 81, 443] as const;

/** Types whose entries this module can make up and that this kernel has. */
export function listTypes(): readonly string[] {
  const evaluated = Object.keys(setTypes).filter((type) => !setTypes[type]?.includes('unevaluated'));
  return evaluated.filter((type) => {
    const range = type.startsWith('bitmap') ? rangeOf(type) : [];
    return spawnSync('unshare', ['-n', 'ipset', 'create', 'probe', type, ...range]).status === 0;
  });
}

function rangeOf(type: string): readonly string[] {
  return ['range', type === 'bitmap:port' ? '0-1023' : '10.96.0.0/16'];
}

function part(kind: PartKind, family: Family): fc.Arbitrary<string> {
  const address = fc.constantFrom<string>(...addresses[family]);
  const port = fc.constantFrom<number>(...ports);
  if (kind === 'prefix')
    return fc.tuple(address, fc.constantFrom<number>(...lengths[family])).map((pair) => pair.join('/'));
  if (kind === 'port') return fc.tuple(fc.constantFrom('tcp', 'udp'), port).map((pair) => pair.join(':'));
  return kind === 'bare-port' ? port.map(String) : address;
}

interface TestSet {
  readonly type: string;
  readonly entries: readonly string[];
  readonly nomatch: readonly string[];
  readonly directions: readonly string[];
}

function testSet(type: string, family: Family): fc.Arbitrary<TestSet> {
  const kinds = setTypes[type] as readonly PartKind[];
  const entry = fc.tuple(...kinds.map((kind) => part(kind, family))).map((parts) => parts.join());
  const fits = entry.filter((text) => type !== 'bitmap:ip' || text.startsWith('10.96.'));
  const direction = fc.constantFrom('src', 'dst');
  return fc.record({
    type: fc.constant(type),
    entries: fc.array(fits, { minLength: 1, maxLength: 8 }),
    nomatch: kinds.includes('prefix') ? fc.array(fits, { maxLength: 3 }) : fc.constant([]),
    // One too few now and then, or one too many.
    directions: fc.integer({ min: -4, max: 1 }).chain((more) => {
      const size = Math.max(1, kinds.length + (more === 1 ? 1 : more === -4 ? -1 : 0));
      return fc.array(direction, { minLength: size, maxLength: size });
    }),
  });
}

function create({ type, entries, nomatch }: TestSet, name: string, family: Family): string[] {
  const options = type.startsWith('bitmap')
    ? rangeOf(type)
    : ['family', family === 'ipv4' ? 'inet' : 'inet6'];
  return [
    `create ${name} ${type} ${options.join(' ')}`,
    ...entries.map((entry) => `add ${name} ${entry}`),
    ...nomatch.map((entry) => `add ${name} ${entry} nomatch`),
  ];
}

function packet(family: Family): fc.Arbitrary<TestPacket> {
  const { pods, outside, virtual, remote } = nodes[family];
  return fc.record({
    proto: fc.constantFrom(6, 17, family === 'ipv4' ? 1 : 58),
    src: fc.constantFrom<string>(...outside, ...addresses[family].slice(3, 5)),
    sport: fc.constantFrom<number>(...ports),
    dst: fc.constantFrom<string>(...virtual, ...pods, ...remote),
    dport: fc.constantFrom<number>(...ports),
    from: fc.constant('external' as const),
    flags: fc.constant(2),
  });
}

/** Two sets and a list of both: which of the rules took a packet is told by where it was sent. */
export function setCase(
  types: readonly string[],
  family: Family,
  backend: 'nft' | 'legacy',
  packets = 24,
): fc.Arbitrary<TestCase> {
  const usable = types.filter((type) => family === 'ipv4' || type !== 'bitmap:ip');
  const set = fc.constantFrom(...usable).chain((type) => testSet(type, family));
  const rule = fc.tuple(fc.constantFrom('a', 'b', 'l'), fc.boolean(), fc.boolean());
  return fc
    .tuple(
      set,
      set,
      fc.array(rule, { minLength: 2, maxLength: 3 }),
      fc.array(packet(family), { minLength: packets, maxLength: packets }),
    )
    .map(([a, b, rules, sent]) => {
      const lines = rules.map(([name, negated, exceptions], index) => {
        const { directions } = name === 'b' ? b : a;
        const target = (nodes[family].pods as readonly string[])[index % 2];
        const flags = exceptions ? ' --return-nomatch' : '';
        const not = negated ? '! ' : '';
        return `-A PREROUTING -m set ${not}--match-set ${name} ${directions.join()}${flags} -j DNAT --to-destination ${target}`;
      });
      return {
        family,
        backend,
        sequence: false,
        sets: [
          ...create(a, 'a', family),
          ...create(b, 'b', family),
          'create l list:set',
          'add l b',
          'add l a',
          '',
        ].join('\n'),
        rules: ['*nat', ...lines, 'COMMIT', ''].join('\n'),
        packets: sent,
      };
    });
}
