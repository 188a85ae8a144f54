import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Family } from '../../src/address/address.ts';
import { guessFamily } from '../../src/iptables/dump/family.ts';
import { parseLine } from '../../src/iptables/dump/line.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { scanLine } from '../../src/iptables/dump/scan.ts';
import { InputError } from '../../src/text/problem.ts';
import { fixtures } from '../cases.ts';
import { spellingRows, spellingTopics } from './spellings.ts';

// The grammar and `decode` are the authority; the scanner and the reader by parts are there for speed, and must not be
// told from them.

const pieces = [
  '-A',
  'INPUT',
  '-m',
  'comment',
  '--comment',
  '"a b"',
  '"',
  '\\',
  '!',
  ' ',
  '\t',
  ':',
  '#',
  '[1:2]',
  'x"y z"',
  ' - [0:0]',
  'é',
  '\u00a0',
  '*',
  'COMMIT',
];
const lines = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(' ')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `-A ${text.replaceAll('\n', '')}`),
  fc.stringMatching(/^:[\w-]{0,5} (?:-|ACCEPT)? ?\[0:0\]$/),
);

describe('the scanner', { timeout: 60_000 }, () => {
  it('splits a line as the grammar does, wherever it does not leave it to the grammar', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const scanned = scanLine(line, 0, line.length);
        if (scanned) expect(scanned).toEqual(parseLine(line));
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps offsets from the line, wherever it stands in the text', () => {
    const line = '-A INPUT -m comment --comment "a b" -j ACCEPT';
    expect(scanLine(`*nat\n${line}\nCOMMIT`, 5, 5 + line.length)).toEqual(parseLine(line));
  });
});

/** `--append` is never read by parts, and means what `-A` means. */
function readWhole(text: string, family: Family) {
  return outcome(text.replace(/^-A /gm, '--append '), family);
}

function outcome(text: string, family: Family) {
  try {
    const { tables } = readDump({ name: 'dump', text }, { family }).ruleset;
    return tables.map(({ name, chains }) => [
      name,
      [...chains.values()].map((chain) => ({
        ...chain,
        rules: chain.rules.map(({ matches, target }) => ({ matches, target })),
      })),
    ]);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ code, message }) => ({ code, message }));
  }
}

const options = spellingTopics
  .flatMap((topic) => spellingRows(topic))
  .filter(({ rule }) => rule.startsWith('-A '));

const cases = ['node-port', 'load-balancer-source-ranges', 'ipv6-node-port-local', 'dual-stack-v6'];
const dumps = cases.flatMap((name) =>
  ['iptables.save', 'kube-proxy.restore'].map((file) => join(fixtures, 'conformance/named', name, file)),
);

describe('reading by parts', { timeout: 60_000 }, () => {
  it('gives what reading whole lines gives, for whole dumps in both spellings', () => {
    for (const file of dumps) {
      const text = readFileSync(file, 'utf8');
      const family = guessFamily(text);
      expect(outcome(text, family)).toEqual(readWhole(text, family));
    }
  });

  it('takes each rule to its chain, in whatever order the chains come and go', () => {
    const words = fc.constantFrom(
      ':A - [0:0]',
      ':B - [0:0]',
      ':C - [0:0]',
      ':DNAT - [0:0]',
      '-N A',
      '-X B',
      '-F A',
      '-F',
      '-D A 1',
      '-I B -j ACCEPT',
      '-A A -p tcp -j B',
      '-A A -j B',
      '-A B -s 10.0.0.1/32 -j C',
      '-A B -s 10.0.0.1/32 -j A',
      '-A C -j ACCEPT',
      '-A INPUT -j A',
      '-A C -m comment --comment "x" -m tcp -p tcp -j A',
      '-A C -m comment --comment "y -p udp" -m tcp -p tcp -j A',
      '-A A -m comment --comment "x y" -j DNAT',
      '-A A -m comment --comment x',
      '-A INPUT -i eth0 -j A',
      '-A INPUT -4 -j B',
      '-A A -p udp -m udp --dport 53 -j B',
      '-A A -m udp -p udp --dport 53',
      '-A A -p tcp -m tcp --dport 53 --sport 1',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (some) => {
        const text = `*filter\n:A - [0:0]\n:B - [0:0]\n${some.join('\n')}\nCOMMIT\n`;
        expect(outcome(text, 'ipv4')).toEqual(readWhole(text, 'ipv4'));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives what reading whole lines gives, for every recorded spelling', () => {
    for (const { table, rule, family } of options) {
      const text = `*${table}\n:UC - [0:0]\n${rule}\nCOMMIT\n`;
      expect(outcome(text, family)).toEqual(readWhole(text, family));
    }
  });

  it('gives what reading whole lines gives, for their parts in any order', () => {
    const words = fc.constantFrom(...options.map(({ rule }) => rule.replace(/^-A \S+ ?/, '').trim()));
    const chains = fc.constantFrom('INPUT', 'OUTPUT', 'UC', 'POSTROUTING', 'NOPE');
    const tables = fc.constantFrom('filter', 'nat', 'mangle');
    const rules = fc.array(
      fc
        .tuple(chains, fc.array(words, { minLength: 1, maxLength: 3 }))
        .map(([chain, some]) => `-A ${chain} ${some.join(' ')}`),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(tables, rules, fc.constantFrom<Family>('ipv4', 'ipv6'), (table, some, family) => {
        const text = `*${table}\n:UC - [0:0]\n${some.join('\n')}\nCOMMIT\n`;
        expect(outcome(text, family)).toEqual(readWhole(text, family));
      }),
      { numRuns: 3000 },
    );
  });
});
