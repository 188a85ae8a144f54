import { describe, expect, it } from 'vitest';
import { DumpWriter } from '../../src/iptables/dump/dump-writer.ts';
import { LineStore } from '../../src/iptables/dump/line-store.ts';
import type { Match } from '../../src/iptables/rule/match.ts';
import type { Target } from '../../src/iptables/rule/target.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const drop: Target = { kind: 'verdict', verdict: 'DROP' };
const jump = (chain: string): Target => ({ kind: 'jump', chain, returns: true });
const comment = (words: string): Match => ({ kind: 'comment', text: words });

describe('a written dump', () => {
  const write = (writer: DumpWriter) => {
    const input = writer.chain('filter', 'INPUT', 'DROP', '[1:2]');
    const z = writer.newChain('filter', 'Z');
    const a = writer.chain('filter', 'a');
    z.append([comment('x y')], drop);
    input.append([], jump('Z'));
    a.append([], null, undefined, '[3:4] ');
    z.append([], jump('a'));
    writer.chain('nat', 'B').append([], { kind: 'jump', chain: 'Z', returns: false });
    expect(writer.chain('filter', 'INPUT')).toBe(input);
    expect([input.name, z.name]).toEqual(['INPUT', 'Z']);
    return text(writer.finish());
  };

  // iptables-save has the built-in chains in the order of their hooks, then the user's by byte value.
  const saved = [
    '*filter',
    ':INPUT DROP [1:2]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':Z - [0:0]',
    ':a - [0:0]',
    '-A INPUT -j Z',
    '-A Z -m comment --comment "x y" -j DROP',
    '-A Z -j a',
    '[3:4] -A a',
    'COMMIT',
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':B - [0:0]',
    '-A B -g Z',
    'COMMIT',
    '',
  ].join('\n');

  it('has its chains and rules in the order of iptables-save', () => {
    expect(write(new DumpWriter('save'))).toBe(saved);
    expect(write(new DumpWriter())).toBe(saved);
  });

  it('has them in the order in which they were written, in the restore spelling', () => {
    expect(write(new DumpWriter('restore'))).toBe(
      [
        '*filter',
        ':INPUT DROP [1:2]',
        ':Z - [0:0]',
        ':a - [0:0]',
        '-A Z -m comment --comment "x y" -j DROP',
        '-A INPUT -j Z',
        '[3:4] -A a',
        '-A Z -j a',
        'COMMIT',
        '*nat',
        ':B - [0:0]',
        '-A B -g Z',
        'COMMIT',
        '',
      ].join('\n'),
    );
  });

  it('is empty where nothing was written', () => {
    expect(text(new DumpWriter().finish())).toBe('');
  });
});

describe('lines that belong to somebody', () => {
  it('come back owner by owner, each in its order', () => {
    const store = new LineStore();
    const [first, second, third] = [store.owner(), store.owner(), store.owner()];
    store.append(first, 'a');
    store.append(second, 'b');
    store.append(first, 'c');
    store.append(first, 'd');
    store.append(second, '');
    expect(text(store.gather([second, first, third]))).toBe('b\n\na\nc\nd\n');
    store.append(third, 'é');
    expect(text(store.gather([third, second]))).toBe('é\nb\n\n');
    expect(text(store.gather([]))).toBe('');
  });

  it('do so by the megabyte, with lines of any length and any letters', () => {
    const store = new LineStore();
    const owners = [store.owner(), store.owner(), store.owner()];
    const written = owners.map((): string[] => []);
    const sizes = [1, 100, 5000, 8191, 8192, 8193, 90_000, 262_144, 3, 20];
    for (let turn = 0; turn < 40; turn += 1) {
      const owner = (turn * 7) % 3;
      const line =
        ['x', 'é', '€', '😀'][turn % 4]?.repeat((sizes[turn % sizes.length] as number) / 4 + 1) ?? '';
      for (const one of [`${turn} ${line}`, `${turn} again`]) {
        store.append(owners[owner] as number, one);
        written[owner]?.push(`${one}\n`);
      }
    }
    const all = store.gather(owners.toReversed());
    expect(text(all) === written.toReversed().flat().join('')).toBe(true);
  });
});
