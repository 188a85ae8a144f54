import { describe, expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { InputError } from '../../src/text/problem.ts';

// What iptables-restore does with commands other than -A, and what it refuses: iptables(8), and both back ends' messages.

const nft = { backend: 'nft' } as const;
const legacy = { backend: 'legacy' } as const;
const table = (name: string, ...lines: string[]) => `*${name}\n${lines.join('\n')}\nCOMMIT\n`;

function problemsOf(text: string, options: { backend: 'nft' | 'legacy' } = nft): string[] {
  try {
    return readDump({ name: 'dump', text }, options).problems.map(({ message }) => message);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => message);
    throw error;
  }
}

const lines = (text: string, options: { backend: 'nft' | 'legacy' } = nft) =>
  writeDump(readDump({ name: 'dump', text }, options).ruleset)
    .split('\n')
    .filter((line) => /^(?:-A|:[A-Z]+ -|:[XYZ])/.test(line));

describe('a chain is deleted', () => {
  test.each<[about: string, text: string, message: string]>([
    ['a built-in one never', table('filter', '-X INPUT'), 'INPUT is a built-in chain'],
    ['not with rules', table('filter', ':X - [0:0]', '-A X -j DROP', '-X X'), 'chain X still has rules'],
    [
      'not while a rule jumps to it',
      table('filter', ':X - [0:0]', '-A INPUT -j X', '-X X'),
      'rules still jump to chain X',
    ],
    [
      'nor while one goes to it',
      table('filter', ':X - [0:0]', '-A INPUT -g X', '-X X'),
      'rules still jump to chain X',
    ],
  ])('%s', (_, text, message) => {
    expect(problemsOf(text)).toEqual([message]);
  });

  test('where nothing holds it, and others stay', () => {
    const text = table('filter', ':X - [0:0]', ':Y - [0:0]', '-A INPUT -j DROP', '-A INPUT -j Y', '-X X');
    expect(lines(text)).toEqual([':Y - [0:0]', '-A INPUT -j DROP', '-A INPUT -j Y']);
  });

  test('all at once, where none has rules', () => {
    expect(lines(table('filter', ':X - [0:0]', ':Y - [0:0]', '-A INPUT -j DROP', '-X'))).toEqual([
      '-A INPUT -j DROP',
    ]);
    expect(problemsOf(table('filter', ':X - [0:0]', '-A X -j DROP', '-X'))).toEqual([
      'chain X still has rules',
    ]);
  });
});

describe('a chain is renamed', () => {
  test('with the jumps to it', () => {
    const text = table(
      'filter',
      ':X - [0:0]',
      ':Z - [0:0]',
      '-A INPUT -j X',
      '-A INPUT -g X',
      '-A INPUT -j Z',
      '-A X -j DROP',
      '-E X Y',
    );
    expect(lines(text, legacy)).toEqual([
      ':Y - [0:0]',
      ':Z - [0:0]',
      '-A INPUT -j Y',
      '-A INPUT -g Y',
      '-A INPUT -j Z',
      '-A Y -j DROP',
    ]);
  });

  test.each<[text: string, message: string]>([
    [table('filter', '-E INPUT Y'), 'INPUT is a built-in chain'],
    [table('filter', ':X - [0:0]', ':Y - [0:0]', '-E X Y'), 'chain Y is there already'],
  ])('%j is refused', (text, message) => {
    expect(problemsOf(text, legacy)).toEqual([message]);
  });
});

describe('other commands', () => {
  test.each<[text: string, message: string]>([
    [table('filter', ':X - [0:0]', '-N X'), 'chain X is there already'],
    [table('filter', ':X - [0:0]', '-P X DROP'), 'only built-in chains have a policy'],
    [table('filter', '-P INPUT RETURN'), 'a policy is ACCEPT or DROP'],
    [table('nat', '-P PREROUTING DROP'), 'nat is not for filtering: DROP is refused there'],
    [table('filter', '-A'), '-A needs a chain'],
    [table('filter', '-A INPUT -k x'), 'there is no option -k'],
  ])('%j is refused', (text, message) => {
    expect(problemsOf(text)).toContain(message);
  });
});
