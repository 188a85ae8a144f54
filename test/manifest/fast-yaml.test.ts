import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readFastYaml } from '../../src/documents/fast-yaml.ts';
import { documentsOf } from '../../src/documents/yaml-documents.ts';
import { valueOfDocument } from '../../src/documents/yaml-values.ts';
import type { Problem } from '../../src/text/problem.ts';

/** What the full reader makes of a text; null where it finds an error. */
function readFully(text: string): unknown[] | null {
  const documents = [...documentsOf(text)];
  if (documents.some(({ errors }) => errors.length > 0)) return null;
  const problems: Problem[] = [];
  const values = documents.map((document) => valueOfDocument({ name: 'text', text }, document, problems));
  return problems.length > 0 ? null : values;
}

const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: 0\n`).join('');

/** Values as manifests have them, and strings that look like something else. */
const odd = fc.oneof(
  fc.constantFrom(
    '',
    'null',
    'Null',
    '~',
    'true',
    'False',
    'yes',
    'no',
    'on',
    '1',
    '007',
    '0x1F',
    '0o17',
    '1e3',
    '1.5',
    '-0',
    '.5',
    '.inf',
    '-',
  ),
  fc.constantFrom(
    '10.96.0.1',
    '10.0.0.0/8',
    'fd00::1',
    '80:80',
    'a: b',
    'a #b',
    '#a',
    '- a',
    '{a}',
    '[a',
    '*a',
    '&a',
    '|',
    '>',
    '%a',
    '@a',
    'a\nb',
    'a\n',
    ' a',
    'a ',
    "it's",
    'a"b',
    '2024-05-01T12:00:00Z',
    '?',
    '---',
    '--x',
    '--x: y',
    'a:\n---',
    ':80',
    '::1',
    ':',
    ': a',
    '- -',
    '-1',
    '-:',
    '-#',
    '-\ta',
    ':\ta',
  ),
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 8, unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const plain = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9./-]{0,10}[a-z0-9]$/),
  fc.ipV4(),
  fc.nat(65535),
  fc.boolean(),
);
const scalar = fc.oneof({ weight: 12, arbitrary: plain }, { weight: 1, arbitrary: odd });
const key = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[a-z][a-zA-Z0-9./-]{0,12}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'app.kubernetes.io/name',
      'f:app',
      'true',
      '80',
      '__proto__',
      'constructor',
      '.',
      'k:{"a":1}',
    ),
  },
);
const { value } = fc.letrec<{ value: unknown; map: object; list: unknown[] }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('map'), tie('list')),
  map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  list: fc.array(tie('value'), { maxLength: 3 }),
}));
const styles = [
  {},
  { indentSeq: false },
  { lineWidth: 0 },
  { indent: 4 },
  { defaultStringType: 'QUOTE_SINGLE' as const },
];
const documents = fc.array(
  fc.tuple(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }), fc.constantFrom(...styles)),
  { minLength: 1, maxLength: 3 },
);
/** With what came before again, as it was or a little different. */
const again = documents.chain((parts) =>
  fc.array(fc.tuple(fc.nat(), key, value), { maxLength: 2 }).map((changed) => [
    ...parts,
    ...changed.map(([place, name, other]): (typeof parts)[number] => {
      const [part, style] = parts[place % parts.length] as (typeof parts)[number];
      return [{ ...part, [name]: other }, style];
    }),
  ]),
);
const texts = again.map((parts) => parts.map(([part, style]) => stringify(part, style)).join('---\n'));

test('what the fast reader reads is what the full reader reads', () => {
  let read = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const fast = readFastYaml(text);
      if (fast === undefined) return;
      read += 1;
      expect(fast).toEqual(readFully(text));
    }),
    { numRuns: 1500 },
  );
  expect(read).toBeGreaterThan(200);
});

/** Texts that went wrong somewhere: whatever the full reader refuses, the fast one must leave to it. */
test('what the fast reader reads in damaged texts is what the full reader reads', () => {
  const pieces = [
    '',
    ' ',
    '  ',
    '\n',
    ':',
    ': ',
    '-',
    '- ',
    '#',
    ' #',
    "'",
    '"',
    '|',
    '>',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '!',
    '---\n',
    '...\n',
    'a',
    'a: b',
    '\\',
    '~',
    '?',
    ',',
    ':80',
    '::1',
    '--',
    '---',
    '--x: y',
    '- - ',
    '-\t',
    ':\t',
  ];
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...pieces)), {
    minLength: 1,
    maxLength: 3,
  });
  let read = 0;
  fc.assert(
    fc.property(
      fc.oneof(texts, fc.constantFrom(...recorded.map(([, text]) => text.slice(0, 1500)))),
      damage,
      (text, wounds) => {
        let damaged = text;
        for (const [place, cut, piece] of wounds) {
          const at = place % (damaged.length + 1);
          damaged = damaged.slice(0, at) + piece + damaged.slice(at + cut);
        }
        const fast = readFastYaml(damaged);
        if (fast === undefined) return;
        read += 1;
        expect(fast, JSON.stringify(damaged)).toEqual(readFully(damaged));
      },
    ),
    { numRuns: 1500 },
  );
  expect(read).toBeGreaterThan(100);
});

/** All short texts of the characters that mean something at one place and nothing at another. */
test('what the fast reader reads in plain scalars of signs is what the full reader reads', () => {
  const signs = ['-', ':', ' ', '#', 'a', '1'];
  let texts = [''];
  let read = 0;
  for (let length = 1; length <= 4; length += 1) {
    texts = texts.flatMap((text) => signs.map((sign) => text + sign));
    for (const text of texts) {
      for (const whole of [`a: ${text}\nb: 1\n`, `a:\n- ${text}\n- b\n`]) {
        const fast = readFastYaml(whole);
        if (fast === undefined) continue;
        read += 1;
        expect(fast, whole).toEqual(readFully(whole));
      }
    }
  }
  expect(read).toBeGreaterThan(1000);
});

const conformance = join(import.meta.dirname, '../../fixtures/conformance');
const recorded: readonly (readonly [string, string])[] = ['named', 'random'].flatMap((kind) =>
  readdirSync(join(conformance, kind)).map((name) => {
    const text = readFileSync(join(conformance, kind, name, 'cluster.yaml'), 'utf8');
    return [`${kind}/${name}`, text] as const;
  }),
);

test('every recorded cluster is read by the fast reader, and right', () => {
  const read = recorded.map(([name, text]) => [name, readFastYaml(text)]);
  expect(read.filter(([, values]) => values === undefined)).toEqual([]);
  expect(read).toEqual(recorded.map(([name, text]) => [name, readFully(text)]));
});

describe('what kubectl and helm print is read by the fast reader', () => {
  test.each([
    ['a list in the column of its key', 'a:\n- b: 1\n  c: 2\n- d\n', [{ a: [{ b: 1, c: 2 }, 'd'] }]],
    [
      'a list that is indented',
      'a:\n  - b: 1\n    c: 2\n  -\n    d: 1\n',
      [{ a: [{ b: 1, c: 2 }, { d: 1 }] }],
    ],
    ['lists in lists', '- - 1\n  - 2\n- []\n', [[[1, 2], []]]],
    [
      'comments and empty documents',
      '# a\n---\n# Source: b\na: b\n---\n---\nc: {}\n',
      [{ a: 'b' }, null, { c: {} }],
    ],
    [
      'an annotation with a whole object',
      'a:\n  b: |\n    {"c":1}\n  d: |-\n    x\n\n      y\n',
      [{ a: { b: '{"c":1}\n', d: 'x\n\n  y' } }],
    ],
    ['quoted strings', 'a: "80"\nb: \'it\'\'s\'\nc: "\\u0041\\n"\n', [{ a: '80', b: "it's", c: 'A\n' }]],
    [
      'managed fields',
      'f:a:\n  .: {}\n  k:{"b":80,"c":"TCP"}:\n    f:d: {}\n',
      [{ 'f:a': { '.': {}, 'k:{"b":80,"c":"TCP"}': { 'f:d': {} } } }],
    ],
    ['numbers', 'a: 80\nb: 0.5\nc: 1e3\nd: 007\ne: 1.2.3\n', [{ a: 80, b: 0.5, c: 1000, d: 7, e: '1.2.3' }]],
    [
      'arguments that begin with dashes and colons',
      'a:\n- --b=c\n- -d\n- :8080\n- ::1\ne: --f\n',
      [{ a: ['--b=c', '-d', ':8080', '::1'], e: '--f' }],
    ],
    [
      'values that come again, and that only begin again',
      'a:\n- b:\n    c: 1\n  d: x\n- b:\n    c: 1\n  d: x\n- b:\n    c: 1\n    e: 2\n  d: x1\n- b:\n  - c\n  d:\n- b:\n  - c\n  - e\n',
      [
        {
          a: [
            { b: { c: 1 }, d: 'x' },
            { b: { c: 1 }, d: 'x' },
            { b: { c: 1, e: 2 }, d: 'x1' },
            { b: ['c'], d: null },
            { b: ['c', 'e'] },
          ],
        },
      ],
    ],
    [
      'a literal that begins again and goes on with what looks like a comment',
      'a:\n- b:\n    c: |\n      x\n  d: 1\n- b:\n    c: |\n      x\n      # y\n  d: 1\n',
      [
        {
          a: [
            { b: { c: 'x\n' }, d: 1 },
            { b: { c: 'x\n# y\n' }, d: 1 },
          ],
        },
      ],
    ],
    ['nothing behind keys', 'a:\nb:\n  c:\nd: null\n', [{ a: null, b: { c: null }, d: null }]],
  ])('%s', (_, text, expected) => {
    expect(readFastYaml(text)).toEqual(expected);
    expect(readFully(text)).toEqual(expected);
  });
});

test.each([
  ['anchors', 'a: &b 1\n'],
  ['flow collections', 'a: {b: 1}\n'],
  ['folded text', 'a: >\n  b\n'],
  ['text over several lines', 'a: b\n  c\n'],
  ['tabs', 'a:\tb\n'],
  ['a key twice', 'a: 1\na: 2\n'],
  ['a key twice in a map that begins as another', 'a:\n- b: 1\n  c: 2\n- b: 1\n  c: 2\n  b: 3\n'],
  ['a key twice among many', `${keysOf(100)}k70: 1\n`],
  ['a key twice after more keys than are kept', `${keysOf(20_000)}---\na: 1\na: 2\n`],
  ['comments behind values', 'a: 1 # b\n'],
  ['a mark of documents within one', 'a:\n  b\n---x: 1\n'],
  ['what is no number of JSON', 'a: .inf\n'],
])('%s are left to the full reader', (_, text) => {
  expect(readFastYaml(text)).toBeUndefined();
});
