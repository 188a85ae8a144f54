import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readExpectations } from '../../src/expect/file/read.ts';
import { expectationSchema } from '../../src/expect/file/schema.ts';
import { InputError } from '../../src/text/problem.ts';
import { fixtures } from '../cases.ts';
import { summary } from '../manifest/texts.ts';
import { pathOf } from '../pages.ts';

const example = readFileSync(join(fixtures, 'expect/service-test.kubenat.yaml'), 'utf8');
const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  expectationSchema(),
);

/** `3:5 field-unknown`, for each problem. */
function problemsOf(text: string): string[] {
  try {
    readExpectations({ name: 'a.yaml', text });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(summary);
  }
}

test('the published schema is that of the reader', async () => {
  const text = `${JSON.stringify(expectationSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(pathOf('docs/expectations.schema.json'));
});

test('schema and reader take the example', () => {
  expect(validate(parse(example)), JSON.stringify(validate.errors)).toBe(true);
  expect(problemsOf(example)).toEqual([]);
});

const one = (fields: string) => `rules: a.save\nexpectations:\n  - ${fields}\n`;
const packet = "packet: 'tcp 1.2.3.4:5 -> 10.0.0.1:80'";

/** What the schema refuses, too: where the form alone is wrong. */
const malformed: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'an unknown field',
    `rules: a\nexpectatons: []\nexpectations: [{${packet}, to: a}]`,
    ['2:1 field-unknown'],
  ],
  ['an unknown claim', one(`{${packet}, verdikt: drop, to: a}`), ['3:46 field-unknown']],
  ['no packet', one('{to: 10.0.0.1}'), ['3:5 field-missing']],
  ['no claim', one(`{${packet}}`), ['3:5 field-missing']],
  ['nothing', '{}', ['1:1 field-missing', '1:1 field-missing']],
  ['no expectations', 'rules: a\nexpectations: []', ['2:15 field-value']],
  [
    'two kinds of rules',
    `rules: a\nmanifests: b\nexpectations: [{${packet}, to: a}]`,
    ['1:8 field-conflict'],
  ],
  ['a packet and a set', one(`{${packet}, packets: {from: pod}, to: a}`), ['3:55 field-conflict']],
  ['another verdict', one(`{${packet}, verdict: dropped}`), ['3:55 field-value']],
  ['a number as a packet', one('{packet: 80, to: a}'), ['3:14 field-type']],
  ['a port above all', one('{packets: {proto: tcp, dport: 65536}, to: a}'), ['3:35 field-value']],
  ['a share that is none', one(`{${packet}, endpoints: {10.0.0.1:80: half}}`), ['3:71 field-value']],
  ['an unknown field of a set', one('{packets: {form: pod}, to: a}'), ['3:16 field-unknown']],
];

/** What no schema can tell. */
const contradictory: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'shares that are too much',
    one(`{${packet}, endpoints: {10.0.0.1:80: 1/2, 10.0.0.2:80: 60%}}`),
    ['3:57 field-value'],
  ],
];

describe('what is refused, and where', () => {
  test.each(malformed)('%s, by schema and reader', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
    expect(validate(parse(text))).toBe(false);
  });

  test.each(contradictory)('%s, by the reader', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
    expect(validate(parse(text))).toBe(true);
  });

  test.each([
    [
      'aliases that multiply',
      `a: &a [1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    ],
    ['depth', `rules: a\nexpectations: ${'['.repeat(5000)}${']'.repeat(5000)}\n`],
    ['__proto__', 'rules: a\n__proto__: {to: 1}\nexpectations: [{packet: a, to: b}]\n'],
    ['twice the same key', `rules: a\nrules: b\nexpectations: [{${packet}, to: a}]\n`],
    ['no mapping', '- a\n'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });
});

/** Whatever one writes over a field: what the reader takes, the schema takes. The other way there is more than form. */
test('the schema takes all that the reader takes', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>('', 'a', 80, 70_000, -1, 1.5, null, true, [], {}, ['a'], 'drop', 'pod', '1/2', {
      a: '1/2',
    }),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const name = fc.constantFrom(
    'packet',
    'packets',
    'to',
    'endpoints',
    'source',
    'verdict',
    'by',
    'never',
    'node',
    'family',
    'name',
  );
  const wounded = fc.dictionary(name, value, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  fc.assert(
    fc.property(wounded, (fields) => {
      const file = { rules: 'a.save', expectations: [{ packet: 'tcp 1.2.3.4 -> 10.0.0.1:80', ...fields }] };
      if (problemsOf(JSON.stringify(file)).length === 0) {
        expect(validate(file), JSON.stringify([file, validate.errors])).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
});
