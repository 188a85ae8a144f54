import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildHost } from '../../src/host/build.ts';
import { usualChains } from '../../src/lint/reach/usual.ts';
import { Shadows } from '../../src/lint/shadow.ts';
import { hostSets } from '../../src/proof/explore/host-sets.ts';
import { lazyProgram } from '../../src/proof/rules/program.ts';
import { universe } from '../../src/sets/box.ts';
import { load, table } from '../proof/small.ts';

const sets = { ...hostSets(buildHost('ipv4', [])), local: null };

/** `3: 1 2`: rule 3 of INPUT, to which rules 1 and 2 leave nothing. */
function shadowed(...lines: readonly string[]): string[] {
  const program = lazyProgram(load(table('filter', ':INPUT ACCEPT [0:0]', ...lines)));
  const input = program.entries.get('filter/INPUT');
  if (!input) throw new Error('there is no INPUT');
  return new Shadows(sets, universe('ipv4', 3), usualChains(program.chains))
    .of(input)
    .map(({ rule, by }) => `${rule.number}: ${by.map(({ number }) => number).join(' ')}`);
}

const inputs = (...rules: readonly string[]) => rules.map((rule) => `-A INPUT ${rule}`);

describe('a rule is left nothing', () => {
  test.each([
    ['by one without matches', '-j ACCEPT', '-s 10.0.0.1/32 -j DROP'],
    ['by the same', '-p tcp -m tcp --dport 80 -j ACCEPT', '-p tcp -m tcp --dport 80 -j ACCEPT'],
    ['by a wider source', '-s 10.0.0.0/8 -j ACCEPT', '-s 10.255.0.0/16 -j DROP'],
    ['by a wider destination', '-d 10.0.0.0/8 -j ACCEPT', '-d 10.0.0.1/32 -j DROP'],
    ['by all but another source', '! -s 10.0.0.0/8 -j ACCEPT', '-s 11.0.0.0/8 -j DROP'],
    ['by its protocol', '-p tcp -j ACCEPT', '-p tcp -m tcp --dport 80 -j DROP'],
    [
      'by a range of addresses',
      '-m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT',
      '-s 10.0.0.8/31 -j DROP',
    ],
    ['with a comment', '-m comment --comment "a" -j ACCEPT', '-m comment --comment "b" -j DROP'],
    ...['tcp', 'udp', 'sctp', 'dccp'].flatMap((name) => [
      [
        `by a port of ${name}`,
        `-p ${name} -m ${name} --dport 80 -j ACCEPT`,
        `-s 10.0.0.1/32 -p ${name} -m ${name} --dport 80 -j DROP`,
      ],
      [
        `by source ports of ${name}`,
        `-p ${name} -m ${name} --sport 0:99 -j ACCEPT`,
        `-p ${name} -m ${name} --sport 9 --dport 7 -j DROP`,
      ],
      [
        `by some ports of ${name}`,
        `-p ${name} -m multiport --dports 80,90:99 -j ACCEPT`,
        `-p ${name} -m ${name} --dport 91:99 -j DROP`,
      ],
    ]),
    ['by all ports', '-p tcp -m tcp --dport 0:65535 -j ACCEPT', '-p tcp -j DROP'],
    [
      'by some source ports',
      '-p udp -m multiport --sports 80,90 -j ACCEPT',
      '-p udp -m udp --sport 90 -j DROP',
    ],
    ['of the same interface', '-i eth0 -j ACCEPT', '-s 10.0.0.0/8 -i eth0 -j DROP'],
    [
      'of the same state',
      '-m conntrack --ctstate NEW -j ACCEPT',
      '-s 10.0.0.0/8 -m conntrack --ctstate NEW -j DROP',
    ],
    ['of the same old state', '-m state --state NEW -j ACCEPT', '-s 10.0.0.0/8 -m state --state NEW -j DROP'],
    [
      'of the same type',
      '-m addrtype --dst-type LOCAL -j ACCEPT',
      '-p tcp -m addrtype --dst-type LOCAL -j DROP',
    ],
    ['by one that returns', '-s 10.0.0.0/8 -j RETURN', '-s 10.0.0.0/9 -j DROP'],
    ['by one that rejects', '-s 10.0.0.0/8 -j REJECT', '-s 10.0.0.0/9 -j DROP'],
  ])('%s', (_, first, second) => {
    expect(shadowed(...inputs(first as string, second as string))).toEqual(['2: 1']);
  });

  test.each([
    ['a port less', '-p tcp -m tcp --dport 1:65535 -j ACCEPT', '-p tcp -j DROP'],
    ['a source less', '-s 10.0.0.0/9 -j ACCEPT', '-s 10.0.0.0/8 -j DROP'],
    ['a destination less', '-d 10.0.0.0/9 -j ACCEPT', '-d 10.0.0.0/8 -j DROP'],
    ['a protocol', '-p tcp -j ACCEPT', '-p udp -j DROP'],
    ['all protocols but one', '-p tcp -j ACCEPT', '-j DROP'],
    ['what has no flag', '-p tcp -m tcp --tcp-flags SYN SYN -j ACCEPT', '-p tcp -j DROP'],
    ['what has no option', '-p tcp -m tcp --tcp-option 5 -j ACCEPT', '-p tcp -j DROP'],
    ['what has no chunk', '-p sctp -m sctp --chunk-types any INIT -j ACCEPT', '-p sctp -j DROP'],
    ['what has neither port', '-p tcp -m multiport --ports 80 -j ACCEPT', '-p tcp -j DROP'],
    ['another interface', '-i eth0 -j ACCEPT', '-i eth1 -j DROP'],
    ['any interface', '-i eth0 -j ACCEPT', '-j DROP'],
    ['all interfaces but one', '-i eth0 -j ACCEPT', '! -i eth0 -j DROP'],
    ['another state', '-m conntrack --ctstate NEW -j ACCEPT', '-m conntrack --ctstate RELATED -j DROP'],
    ['another type', '-m addrtype --dst-type LOCAL -j ACCEPT', '-m addrtype --src-type LOCAL -j DROP'],
    ['what by chance is not taken', '-m statistic --mode random --probability 0.5 -j ACCEPT', '-j DROP'],
    ['what is not marked', '-m mark --mark 0x1 -j ACCEPT', '-j DROP'],
    ['what comes later', '-m limit --limit 5/sec -j ACCEPT', '-m limit --limit 5/sec -j DROP'],
    ['what was only counted', '-s 10.0.0.0/8', '-s 10.0.0.0/8 -j DROP'],
    ['what was only logged', '-s 10.0.0.0/8 -j LOG', '-s 10.0.0.0/8 -j DROP'],
  ])('but not %s', (_, first, second) => {
    expect(shadowed(...inputs(first, second))).toEqual([]);
  });
});

describe('rules leave nothing together', () => {
  test('and are named in the order in which they stand', () => {
    expect(
      shadowed(
        ...inputs(
          '-s 0.0.0.0/2 -j ACCEPT',
          '-d 10.0.0.1/32 -s 64.0.0.0/2 -j ACCEPT',
          '-s 128.0.0.0/2 -j ACCEPT',
          '-d 10.0.0.1/32 -s 192.0.0.0/2 -j ACCEPT',
          '-d 10.0.0.1/32 -j DROP',
        ),
      ),
    ).toEqual(['5: 1 2 3 4']);
  });

  test('but those that take nothing of it are not named', () => {
    const halves = ['-s 10.0.0.0/9 -j ACCEPT', '-s 11.0.0.0/8 -j ACCEPT', '-s 10.128.0.0/9 -j ACCEPT'];
    expect(shadowed(...inputs(...halves, '-s 10.0.0.0/8 -j DROP'))).toEqual(['4: 1 3']);
    expect(shadowed(...inputs(...halves, '-s 10.0.0.0/7 -j DROP'))).toEqual(['4: 1 2 3']);
    expect(shadowed(...inputs(...halves, '-s 10.0.0.0/6 -j DROP'))).toEqual([]);
  });

  test('and so do 64 of them, while more are not tried', () => {
    const pieces = (count: number) =>
      Array.from({ length: count }, (_, at) => {
        const last = at === count - 1 ? 65535 : at * 100 + 99;
        return `-p tcp -m tcp --dport ${at * 100}:${last} -j ACCEPT`;
      });
    expect(shadowed(...inputs(...pieces(64), '-p tcp -j DROP'))).toHaveLength(1);
    expect(shadowed(...inputs(...pieces(65), '-p tcp -j DROP'))).toEqual([]);
  });

  /** Each address and each pair of ports: the chain as set theory has it, packet by packet. */
  test('exactly where no packet is left', () => {
    const lists = fc.array(
      fc.record({
        source: fc.constantFrom('', '-s 10.0.0.0/30', '! -s 10.0.0.0/31', '-s 10.0.0.2/31', '-s 10.0.0.1/32'),
        destination: fc.constantFrom('', '-d 10.9.9.8/32', '-d 10.9.9.9/32'),
        ports: fc.constantFrom(
          ...['', '-p tcp', '-p udp', '-p tcp -m tcp --dport 80', '-p tcp -m tcp ! --dport 80'],
          ...[
            '-p tcp -m multiport --dports 80,90',
            '-p tcp -m tcp --sport 5 --dport 90',
            '-p udp -m udp --dport 80',
          ],
        ),
      }),
      { minLength: 2, maxLength: 6 },
    );
    const packets = [0, 1, 2, 3, 9].flatMap((source) =>
      ['8', '9', ''].flatMap((destination) =>
        ['tcp', 'udp', 'icmp'].flatMap((protocol) =>
          [80, 90, 91].flatMap((dport) =>
            [5, 6].map((sport) => ({ source, destination, protocol, dport, sport })),
          ),
        ),
      ),
    );
    const sources: Readonly<Record<string, readonly number[]>> = {
      '-s 10.0.0.0/30': [0, 1, 2, 3],
      '! -s 10.0.0.0/31': [2, 3, 9],
      '-s 10.0.0.2/31': [2, 3],
      '-s 10.0.0.1/32': [1],
    };
    const takes = (
      rule: { source: string; destination: string; ports: string },
      packet: (typeof packets)[number],
    ) => {
      const [, protocol] = /-p (\w+)/.exec(rule.ports) ?? [];
      const [, not, dports] = /(! )?--dports? ([\d,]+)/.exec(rule.ports) ?? [];
      return (
        (sources[rule.source]?.includes(packet.source) ?? true) &&
        (rule.destination === '' || rule.destination === `-d 10.9.9.${packet.destination}/32`) &&
        (protocol === undefined || protocol === packet.protocol) &&
        (dports === undefined || dports.split(',').includes(`${packet.dport}`) !== (not !== undefined)) &&
        (!rule.ports.includes('--sport') || packet.sport === 5)
      );
    };
    fc.assert(
      fc.property(lists, (rules) => {
        const lost = rules.flatMap((rule, at) => {
          const left = packets.filter((packet) => !rules.slice(0, at).some((other) => takes(other, packet)));
          return left.some((packet) => takes(rule, packet)) ? [] : [at + 1];
        });
        const texts = rules.map(
          ({ source, destination, ports }) => `${source} ${destination} ${ports} -j DROP`,
        );
        expect(shadowed(...inputs(...texts)).map((said) => Number.parseInt(said, 10))).toEqual(lost);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a jump leaves nothing', () => {
  const after = (...mine: readonly string[]) =>
    shadowed(
      ':MINE - [0:0]',
      ':DEEP - [0:0]',
      ...mine,
      ...inputs('-s 10.0.0.0/8 -j MINE', '-s 10.1.0.0/16 -j DROP'),
    );

  test.each([
    ['drops all', ['-A MINE -j DROP']],
    ['drops all of these', ['-A MINE -s 10.0.0.0/8 -j DROP']],
    ['drops what it did not accept', ['-A MINE -p tcp -j ACCEPT', '-A MINE -j DROP']],
    ['drops what it did not log', ['-A MINE -p tcp -j LOG', '-A MINE -j DROP']],
    ['returns only others', ['-A MINE -s 10.2.0.0/16 -j RETURN', '-A MINE -j DROP']],
    ['has its jump drop all', ['-A MINE -j DEEP', '-A DEEP -j DROP']],
    ['goes to what drops all', ['-A MINE -g DEEP', '-A DEEP -j DROP']],
    ['drops what comes back', ['-A MINE -j DEEP', '-A MINE -j DROP', '-A DEEP -p tcp -j RETURN']],
    ['sends only others elsewhere', ['-A MINE -s 10.2.0.0/16 -g DEEP', '-A MINE -j DROP']],
  ])('where its chain %s', (_, mine) => {
    expect(after(...mine)).toEqual(['2: 1']);
  });

  test.each([
    ['is empty', []],
    ['drops some', ['-A MINE -p tcp -j DROP']],
    ['returns some', ['-A MINE -p tcp -j RETURN', '-A MINE -j DROP']],
    ['returns all', ['-A MINE -j RETURN', '-A MINE -j DROP']],
    ['logs all', ['-A MINE -j LOG']],
    ['sends some where they come back from', ['-A MINE -p tcp -g DEEP', '-A MINE -j DROP']],
    ['sends all where they come back from', ['-A MINE -g DEEP', '-A MINE -j DROP', '-A DEEP -p tcp -j DROP']],
    ['jumps with some only', ['-A MINE -p tcp -j DEEP', '-A DEEP -j DROP']],
  ])('but not where it %s', (_, mine) => {
    expect(after(...mine)).toEqual([]);
  });

  /** Two jumps at each step: a billion ways through the chains, none of which ends. */
  test('and a chain is not looked through once for each way to it', () => {
    const depth = 30;
    const chains = Array.from({ length: depth + 1 }, (_, at) => `C${at}`);
    const ways = chains.slice(1).flatMap((to, at) => [`-A C${at} -j ${to}`, `-A C${at} -j ${to}`]);
    expect(
      shadowed(
        ...chains.map((name) => `:${name} - [0:0]`),
        ...ways,
        ...inputs('-j C0', '-s 10.0.0.0/8 -j DROP'),
      ),
    ).toEqual([]);
  });

  test('where hundreds of chains are between, while very many are not looked through', () => {
    const row = (count: number) => {
      const chains = Array.from({ length: count }, (_, at) => `C${at}`);
      return shadowed(
        ...chains.map((name) => `:${name} - [0:0]`),
        ...chains.map((name, at) => `-A ${name} -j ${chains[at + 1] ?? 'DROP'}`),
        ...inputs('-j C0', '-s 10.0.0.0/8 -j DROP'),
      );
    };
    expect(row(400)).toEqual(['2: 1']);
    expect(row(600)).toEqual([]);
  });
});
