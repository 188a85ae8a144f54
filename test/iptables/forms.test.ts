import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/iptables/dump/command.ts';
import { Form, groupEnd, wordEnd } from '../../src/iptables/dump/form.ts';
import { Parts } from '../../src/iptables/dump/parts.ts';
import { shapeOf } from '../../src/iptables/dump/shape.ts';
import type { Match, ProtocolMatch } from '../../src/iptables/rule/match.ts';

// What the reader by parts knows of parts: where they end, and what it need not find out again.

const tcp: ProtocolMatch = { kind: 'protocol', negated: false, protocol: 6 };
const udp: ProtocolMatch = { ...tcp, protocol: 17 };

/** A form that says which values it was asked for. */
function asking(prefix: string) {
  const asked: string[] = [];
  const form = new Form(prefix, 0, (value) => {
    asked.push(value);
    return { kind: 'comment', text: value };
  });
  const read = (part: string, protocol?: ProtocolMatch) => {
    const text = `-A A${part} -j B`;
    return form.read(text, 4, 4 + part.length, protocol);
  };
  return { form, asked, read };
}

describe('a form', () => {
  it('makes a value once, as long as the same comes behind the same -p', () => {
    const { asked, read } = asking(' -x ');
    const first = read(' -x one');
    expect(first).toEqual({ kind: 'comment', text: 'one' });
    expect(read(' -x one')).toBe(first);
    expect(asked).toEqual(['one']);
    read(' -x two');
    read(' -x tw');
    read(' -x one');
    read(' -x one', tcp);
    read(' -x one', tcp);
    read(' -x one', udp);
    read(' -x one');
    expect(asked).toEqual(['one', 'two', 'tw', 'one', 'one', 'one', 'one']);
  });

  it('has its value in quotes where its prefix ends with one', () => {
    const { asked, read } = asking(' -x "');
    expect(read(' -x "a b"')).toEqual({ kind: 'comment', text: 'a b' });
    expect(read(' -x ""')).toEqual({ kind: 'comment', text: '' });
    expect(read(' -x "a\\b"')).toBeUndefined();
    expect(read(' -x "a"b"')).toBeUndefined();
    expect(asked).toEqual(['a b', '']);
  });

  it.each(['a', '10.0.0.0/8', 'fd00::1', '[fd00::1]:80', '+', '80,443', '/x', '.5', 'a-b', '_', ':80'])(
    'takes %s',
    (value) => {
      expect(asking(' -x ').read(` -x ${value}`)).toEqual({ kind: 'comment', text: value });
    },
  );

  it.each(['', '-', '-a', '--a', '!', 'a b', '"a"', 'a"b"', 'a\\b', 'a\tb', 'é', 'a!', ',a', ']', "it's"])(
    'leaves %j',
    (value) => {
      const { asked, read } = asking(' -x ');
      expect(read(` -x ${value}`)).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );

  it.each<[prefix: string, rest: string, part: string | undefined]>([
    [' -x ', '1', ' -x 1'],
    [' -x ', '1 -s 2', ' -x 1'],
    [' -x ', '1 ! -s 2', ' -x 1'],
    [' -x ', '1 -m a', ' -x 1'],
    [' -x ', '1 --long', undefined],
    [' -x ', '1 ! --long', undefined],
    [' -x ', '1 2', undefined],
    [' -x ', '1 ', undefined],
    [' -x ', '1  -s 2', undefined],
    [' -x ', '"1"', undefined],
    [' -x "', '1"', ' -x "1"'],
    [' -x "', '1 -s 2" -j B', ' -x "1 -s 2"'],
    [' -x "', '1" ! -s 2', ' -x "1"'],
    [' -x "', '1" --long', undefined],
    [' -x "', '1"2', undefined],
    [' -x "', '1', undefined],
  ])('%s%s ends before the next short option', (prefix, rest, part) => {
    const { form } = asking(prefix);
    const line = `-A A${prefix}${rest}`;
    // What follows the line is none of its.
    for (const after of ['', '\n-A B -m comment --comment "x" -j B\n', ' ', '"'])
      expect(form.endOf(line + after, 4, line.length)).toBe(part === undefined ? -1 : 4 + part.length);
  });
});

describe('the words of a match', () => {
  const group = (rest: string, after: string) => {
    const line = `-A A -m ${rest}`;
    const end = groupEnd(line + after, 8, line.length);
    return end === -1 ? undefined : line.slice(8, end);
  };

  it.each<[rest: string, expected: string | undefined]>([
    ['a', 'a'],
    ['a -s 1', 'a'],
    ['a ! -s 1', 'a'],
    ['a --b -c', 'a --b'],
    ['a --b c ! --d e -j B', 'a --b c ! --d e'],
    ['a --b "c -d" -j B', 'a --b "c -d"'],
    ['a --b "c" "d" -j B', 'a --b "c" "d"'],
    ['a --b ""', 'a --b ""'],
    ['a --b "c', undefined],
    ['a --b "c\\" d" -j B', undefined],
    ['a --b "c"d -j B', undefined],
    ['a --b c"d -j B', 'a --b c"d'],
    ['a - -j B', 'a'],
  ])('%s', (rest, expected) => {
    for (const after of ['', '\n-A B -j B', '"', ' "']) expect(group(rest, after)).toBe(expected);
  });
});

it('a word ends before a blank or with the line', () => {
  const text = '-A CHAIN -j B\n-A C -j D';
  expect([3, 9, 12].map((at) => wordEnd(text, at, 13))).toEqual([8, 11, 13]);
  expect(wordEnd('abc', 1, 3)).toBe(3);
});

const settings: Settings = {
  family: 'ipv4',
  backend: 'nft',
  table: 'filter',
  open: false,
  isChain: (name) => name === 'B',
};

describe('the shape of a part', () => {
  it.each<[prefix: string, family?: 'ipv4' | 'ipv6']>([
    [' -m comment --comment'],
    [' -m mark --mark'],
    [' -m tcp --dport'],
    [' -m tcp --destination-port'],
    [' -m conntrack --ctstate'],
    [' -m icmp --icmp-type'],
    [' -m icmp6 --icmpv6-type', 'ipv6'],
    [' -j MARK --set-xmark'],
    [' -j LOG --log-prefix'],
    [' -j DNAT --to-destination'],
  ])('%s is that of one value', (prefix, family = 'ipv4') => {
    const shape = shapeOf(prefix, family);
    const [, , name, option] = prefix.split(' ');
    expect(shape?.extension.name).toBe(name);
    expect(shape?.option.names.map((one) => `--${one}`)).toContain(option);
    expect(shape?.extension.options[shape.key]).toBe(shape?.option);
  });

  it.each([
    ' -m comment',
    ' -m comment --nope',
    ' -m nope --mark',
    ' -m MARK --set-xmark',
    ' -j mark --mark',
    ' -p mark --mark',
    ' -m mark ! --mark',
    ' -m mark --source',
    ' -m mark --mark ',
    'x -m mark --mark',
    ' -m tcp --syn',
    ' -m tcp --tcp-flags',
    ' -m statistic --probability',
    ' -m statistic --every',
    ' -m recent --set',
    ' -m policy --reqid',
    ' -m limit --limit-burst 5 --limit',
    ' -m icmp6 --icmpv6-type',
    ' -j TCPMSS --set-mss',
  ])('%s has none: more than one value makes it, or another', (prefix) => {
    expect(shapeOf(prefix, 'ipv4')).toBeNull();
  });
});

describe('what is known of parts', () => {
  it('are base options, by their letter and negation', () => {
    const parts = new Parts(settings);
    const read = (prefix: string, value: string) =>
      parts.base(prefix)?.read(prefix + value, 0, prefix.length + value.length, undefined);
    const letters = ['s', 'd', 'i', 'o', 'p'].flatMap((letter) => [` -${letter} `, ` ! -${letter} `]);
    expect(letters.map((prefix) => parts.base(prefix)?.slot)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    for (const prefix of letters) expect(parts.base(prefix)).toBe(parts.base(prefix));
    expect(new Set(letters.map((prefix) => parts.base(prefix))).size).toBe(letters.length);
    expect([' -m ', ' -j ', ' -f ', ' -4 ', ' ! -j '].map((prefix) => parts.base(prefix))).toEqual(
      Array(5).fill(undefined),
    );
    expect(read(' -p ', 'tcp')).toEqual(tcp);
    expect(read(' ! -p ', 'udp')).toEqual({ ...udp, negated: true });
    expect(read(' -p ', 'all')).toBeNull();
    expect(read(' -p ', 'nope')).toBeUndefined();
    expect(read(' -s ', '10.0.0.1,10.0.0.2')).toBeUndefined();
  });

  it.each<[part: string, prefix: string | null]>([
    [' -m mark --mark 0x1', ' -m mark --mark '],
    [' -m comment --comment "a b"', ' -m comment --comment "'],
    [' -m comment --comment a', ' -m comment --comment '],
    [' -j LOG --log-prefix "a "', ' -j LOG --log-prefix "'],
    [' -m mark ! --mark 0x1', null],
    [' -m tcp --sport 1 --dport 2', null],
    [' -m string --string "a" --algo bm', null],
    [' -m string --algo bm --string "a"', null],
    [' -m tcp', null],
    [' -j ACCEPT', null],
    ['x', null],
    ['x"', null],
  ])('%s is a form with one value, or none', (part, prefix) => {
    const parts = new Parts(settings);
    const form = parts.part(part, -1);
    expect(form?.prefix ?? null).toBe(prefix);
    expect(form?.slot).toBe(form ? -1 : undefined);
    expect(parts.part(part, -1)).toBe(form);
  });

  it('are forms by what stands before the value, whatever that is', () => {
    const parts = new Parts(settings);
    const form = parts.part(' -m mark --mark 0x1', -1);
    expect(form).not.toBeNull();
    expect(parts.part(' -m mark --mark 0x22', -1)).toBe(form);
    expect(parts.part(' -m mark ! --mark 0x1', -1)).toBeNull();
    expect(parts.part(' -m connmark --mark 0x1', -1)).not.toBe(form);
  });

  it('is the meaning of whole parts, behind each -p', () => {
    const parts = new Parts(settings);
    const part = ' -m tcp --sport 1 --dport 2';
    const first = (rule: { matches: readonly Match[] }) => rule.matches[0] ?? null;
    const never = () => expect.unreachable();
    expect(parts.known(part, tcp)).toBeUndefined();
    const match = parts.whole(part, tcp, first);
    expect(match).toMatchObject({ kind: 'tcp' });
    expect(parts.known(part, tcp)).toBe(match);
    expect(parts.whole(part, { ...tcp }, never)).toBe(match);
    // Refused, and that is known as well.
    for (const other of [undefined, udp]) {
      expect(parts.known(part, other)).toBeUndefined();
      expect(parts.whole(part, other, first)).toBeUndefined();
      expect(parts.whole(part, other, never)).toBeUndefined();
    }
    expect(parts.known(part, { ...tcp, negated: true })).toBeUndefined();
    expect(parts.known(part, tcp)).toBe(match);
    expect(parts.whole(' -m comment --comment "a', tcp, first)).toBeUndefined();
  });

  it.each([
    ' -m mark --mark 0x1 -s 10.0.0.1',
    ' -m mark --mark 0x1 -m comment --comment x',
    ' -m mark --mark 0x1 -j ACCEPT',
    ' -m mark --mark 0x1 !',
    ' -m mark --mark 0x1 -c 1 2',
    ' -m mark --mark 0x1 -A A',
    ' -m mark --mark 0x1 -6',
    ' -m mark',
    ' -s 10.0.0.1',
    '',
  ])('are single matches or targets only: not %j', (part) => {
    const parts = new Parts(settings);
    expect(parts.whole(part, undefined, () => expect.unreachable())).toBeUndefined();
  });
});
