import { expect, test } from 'vitest';
import { readDump } from '../../src/dump/read.ts';
import { InputError } from '../../src/text/problem.ts';
import { accepted, asDump, refusals } from './refusals.ts';

test.each(refusals)('%s is refused for its reason', (rule, code, words) => {
  const read = () => readDump({ name: 'dump', text: asDump(rule) });
  expect(read).toThrow(InputError);
  try {
    read();
  } catch (error) {
    const { problems } = error as InputError;
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(`${problems[0]?.message}; ${problems[0]?.expected}`).toContain(words);
  }
});

test.each(accepted)('%s is taken', (rule) => {
  expect(readDump({ name: 'dump', text: asDump(rule) }).problems).toEqual([]);
});
