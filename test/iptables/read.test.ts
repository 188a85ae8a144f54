import { describe, expect, it, test } from 'vitest';
import { type ReadOptions, readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { InputError, type Problem } from '../../src/text/problem.ts';

function problemsOf(text: string, options: ReadOptions = {}): readonly Problem[] {
  try {
    return readDump({ name: 'dump', text }, options).problems;
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** Each problem as its code and the text that it points at. */
function pointed(text: string, options: ReadOptions = {}): string[] {
  return problemsOf(text, options).map(({ code, span }) => `${code}: ${text.slice(span?.start, span?.end)}`);
}

const filter = (...lines: string[]) => `*filter\n:UC - [0:0]\n${lines.join('\n')}\nCOMMIT\n`;

describe('what is refused, with its place', () => {
  it.each<[string, string, string[]]>([
    ['an unknown table', '*filtre\nCOMMIT\n', ['table-unknown: filtre']],
    ['an unknown chain', filter('-A NOPE -j ACCEPT'), ['chain-unknown: NOPE']],
    ['a jump to no chain', filter('-A INPUT -s 10.0.0.1 -j NOPE'), ['chain-missing: NOPE']],
    ['a jump to a built-in chain', filter('-A INPUT -j OUTPUT'), ['chain-missing: OUTPUT']],
    ['a loop', filter('-A INPUT -j UC', '-A UC -j UC'), ['chain-loop: UC']],
    [
      'a jump to a chain that comes later',
      '*filter\n-A INPUT -j LATER\n:LATER - [0:0]\nCOMMIT\n',
      ['chain-missing: LATER'],
    ],
    ['a line of blanks', '*filter\n  \nCOMMIT\n', ['dump-syntax:   ']],
    ['a long chain name', filter(`-N ${'x'.repeat(29)}`), [`chain-name: ${'x'.repeat(29)}`]],
    ['the name of a target', filter('-N DNAT'), ['chain-name: DNAT']],
    ['no COMMIT', '*filter\n', ['commit-missing: ']],
    ['a table within a table', '*filter\n*nat\nCOMMIT\n', ['commit-missing: *nat']],
    ['a line before any table', '-A INPUT -j DROP\n', ['dump-syntax: -A INPUT -j DROP']],
    ['a port without its protocol', filter('-A INPUT --dport 80'), ['option-needs: --dport']],
    ['a bad number', filter('-A INPUT -p tcp --dport 80x -j DROP'), ['option-value: 80x']],
    [
      'an unknown option of a known match',
      filter('-A INPUT -m mark --marc 1'),
      ['option-unknown: --marc', 'option-missing: -m mark'],
    ],
    [
      'a bad value, once: it was given all the same',
      '*nat\n-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:99999\nCOMMIT\n',
      ['option-value: 10.0.0.1:99999'],
    ],
    [
      'a bad value that another option needs',
      filter('-A INPUT -m recent --name x --rcheck --seconds 1y --reap -j DROP'),
      ['option-value: 1y'],
    ],
    ['DROP in nat', '*nat\n-A PREROUTING -j DROP\nCOMMIT\n', ['target-place: DROP']],
    ['REJECT in nat', '*nat\n-A PREROUTING -j REJECT\nCOMMIT\n', ['target-place: REJECT']],
    [
      'DNAT after routing',
      '*nat\n-A POSTROUTING -j DNAT --to-destination 1.2.3.4\nCOMMIT\n',
      ['target-place: DNAT'],
    ],
    ['an open quote', filter('-A INPUT -m comment --comment "x'), ['dump-syntax: "x']],
  ])('%s', (_name, text, expected) => {
    expect(pointed(text)).toEqual(expected);
  });

  it('a target by reachability: the hook counts, not the chain', () => {
    const chains = '*nat\n:A - [0:0]\n:B - [0:0]\n-A A -j B\n-A B -j MASQUERADE\n';
    expect(pointed(`${chains}COMMIT\n`)).toEqual([]);
    expect(pointed(`${chains}-A PREROUTING -j A\nCOMMIT\n`)).toEqual(['target-place: MASQUERADE']);
  });

  it('all of it, not only the first', () => {
    const text = filter('-A NOPE -j ACCEPT', '-A INPUT -p tcp --dport 80x', '-A INPUT --foo');
    expect(problemsOf(text).map(({ code }) => code)).toEqual([
      'chain-unknown',
      'option-value',
      'option-unknown',
    ]);
  });
});

describe('what is read with a warning', () => {
  it('! after the option, as old dumps have it', () => {
    const text = filter('-A INPUT -s ! 10.0.0.1 -p ! tcp -j DROP');
    const { ruleset, problems } = readDump({ name: 'dump', text }, { open: true });
    expect(problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning dump-encoding',
      'warning dump-encoding',
    ]);
    expect(() => readDump({ name: 'dump', text })).toThrow(InputError);
    expect(writeDump(ruleset)).toContain('-A INPUT ! -s 10.0.0.1/32 ! -p tcp -j DROP\n');
  });

  it('CR LF, once', () => {
    const text = filter('-A INPUT -p tcp -m tcp --dport 80 -j UC').replaceAll('\n', '\r\n');
    const { ruleset, problems } = readDump({ name: 'dump', text });
    expect(problems.map(({ code }) => code)).toEqual(['dump-encoding']);
    expect(writeDump(ruleset)).toContain('-A INPUT -p tcp -m tcp --dport 80 -j UC\n');
  });
});

describe('commands', () => {
  it.each<[string, string[], string[]]>([
    [
      '-I',
      ['-A INPUT -i a', '-I INPUT -i b', '-I INPUT 2 -i c'],
      ['-A INPUT -i b', '-A INPUT -i c', '-A INPUT -i a'],
    ],
    ['-D by rule and by number', ['-A INPUT -i a', '-A INPUT -i b', '-D INPUT -i a', '-D INPUT 1'], []],
    ['-F', ['-A INPUT -i a', '-F INPUT'], []],
    ['-N and -X', ['-N NEW', '-A NEW -i a', '-F NEW', '-X NEW'], []],
    [
      'several addresses',
      ['-A INPUT -s 10.0.0.1,10.0.0.2'],
      ['-A INPUT -s 10.0.0.1/32', '-A INPUT -s 10.0.0.2/32'],
    ],
  ])('%s', (_name, lines, rules) => {
    const printed = writeDump(readDump({ name: 'dump', text: filter(...lines) }).ruleset);
    expect(printed.split('\n').filter((line) => line.startsWith('-A'))).toEqual(rules);
  });

  it('-P sets the policy; -E and -R are for legacy, as nft cannot', () => {
    expect(pointed(filter('-A INPUT -i a', '-R INPUT 1 -i b', '-E UC AFTER'))).toEqual([
      'chain-in-use: -R',
      'chain-in-use: -E',
    ]);
    const { ruleset } = readDump(
      { name: 'dump', text: filter('-P INPUT DROP', '-A INPUT -i a', '-R INPUT 1 -j UC', '-E UC AFTER') },
      { backend: 'legacy' },
    );
    const text = writeDump(ruleset);
    expect(text).toContain(':INPUT DROP [0:0]\n');
    expect(text).toContain('-A INPUT -j AFTER\n');
  });
});

describe('counters', () => {
  const text =
    '*filter\n:INPUT DROP [12:3456]\n:UC - [0:0]\n[7:8] -A INPUT -j UC\n-A UC -c 5 6 -j ACCEPT\nCOMMIT\n';
  const { ruleset } = readDump({ name: 'dump', text });

  it('are kept', () => {
    expect(writeDump(ruleset)).toContain(':INPUT DROP [12:3456]\n');
    expect(writeDump(ruleset)).toContain('[7:8] -A INPUT -j UC\n[5:6] -A UC -j ACCEPT\n');
  });

  it('are set to zero, or dropped', () => {
    expect(writeDump(ruleset, { counters: 'zero' })).toContain(':INPUT DROP [0:0]\n');
    expect(writeDump(ruleset, { counters: 'zero' })).toContain('[0:0] -A INPUT -j UC\n');
    expect(writeDump(ruleset, { counters: 'drop' })).toContain('\n-A INPUT -j UC\n');
  });
});

describe('what is not known', () => {
  it('is kept word for word, as foreign', () => {
    const line = '-A INPUT -p tcp -m geoip ! --source-country DE,FR -j CHAOS --tarpit';
    const { ruleset } = readDump({ name: 'dump', text: filter(line) });
    expect(writeDump(ruleset)).toContain(`${line}\n`);
    const rule = ruleset.tables[0]?.chains.get('INPUT')?.rules[0];
    expect(rule?.matches[1]).toEqual({
      kind: 'other',
      name: 'geoip',
      words: ['!', '--source-country', 'DE,FR'],
      understood: false,
    });
    expect(rule?.target).toMatchObject({ kind: 'other', name: 'CHAOS', understood: false });
  });

  it.each([
    [
      '-m geoip --source-country DE --other -j CHAOS --tarpit 5',
      ['--source-country', 'DE', '--other'],
      ['--tarpit', '5'],
    ],
    ['-j CHAOS --tarpit -m geoip ! --source-country DE', ['!', '--source-country', 'DE'], ['--tarpit']],
    // A beginning of an option of iptables that another one's may be called.
    ['-m geoip --proto bittorrent -j DROP', ['--proto', 'bittorrent'], undefined],
    [
      '-j CHAOS --tarpit -m geoip -m comment --comment x --source-country DE',
      ['--source-country', 'DE'],
      ['--tarpit'],
    ],
    ['-m geoip -j UC --source-country DE', ['--source-country', 'DE'], undefined],
    ['-m geoip -j DROP --source-country DE', ['--source-country', 'DE'], undefined],
    ['-m geoip --name "a b" c\\d "" \'e\'', ['--name', '"a b"', '"c\\\\d"', '""', '"\\\'e\\\'"'], undefined],
  ])('of %s each gets its own words', (words, ofMatch, ofTarget) => {
    const text = filter(`-A INPUT ${words}`);
    const rule = readDump({ name: 'dump', text }).ruleset.tables[0]?.chains.get('INPUT')?.rules[0];
    expect(rule?.matches.find(({ kind }) => kind === 'other')).toMatchObject({
      name: 'geoip',
      words: ofMatch,
    });
    if (ofTarget) expect(rule?.target).toMatchObject({ kind: 'other', name: 'CHAOS', words: ofTarget });
    else expect(rule?.target?.kind).not.toBe('other');
  });
});

test('how much of a text is read is said every 10,000 lines', () => {
  const said: number[] = [];
  const lines = (count: number) => `*filter\n${'#2345678\n'.repeat(count - 2)}COMMIT\n`;
  const { length } = lines(25_000);
  readDump({ name: 'long', text: lines(25_000) }, { progress: (done) => said.push(done) });
  expect(said).toEqual([90_000 - 1, 180_000 - 1].map((read) => read / length));
  readDump({ name: 'short', text: lines(9_999) }, { progress: () => expect.unreachable() });
  const whole: number[] = [];
  const text = lines(10_000).slice(0, -1);
  readDump({ name: 'without a last newline', text }, { progress: (done) => whole.push(done) });
  expect(whole).toEqual([1]);
});

test('chains that follow each other by the ten thousand', () => {
  const count = 20_000;
  const names = Array.from({ length: count }, (_, index) => `C${index}`);
  const jumps = names.slice(1).map((name, index) => `-A C${index} -j ${name}`);
  const lines = [
    '*filter',
    ...names.map((name) => `:${name} - [0:0]`),
    '-A INPUT -j C0',
    ...jumps,
    'COMMIT',
    '',
  ];
  const { ruleset } = readDump({ name: 'deep.save', text: lines.join('\n') });
  expect(ruleset.tables[0]?.chains.size).toBeGreaterThanOrEqual(count);
});
