import { describe, expect, test } from 'vitest';
import { Pool } from '../../src/kube/cluster/pool.ts';
import { positionAt } from '../../src/text/source.ts';
import { count } from '../claims.ts';
import { grown, tryRead } from './grown.ts';
import { type Target, targets } from './targets.ts';
import { countsWork } from './work.ts';

/** Four times the input may be four times the work, and some more for logarithms; what is quadratic is sixteen times. */
const small = 2_000;
const mostFactor = 6;
/** What is done whatever the input is. */
const base = 20_000;

// How long it takes, and so what happens inside expressions and native functions, `npm run bench linear` says.
describe('work is in proportion to the input', () => {
  const workOf = countsWork();

  function expectLinear<Input>(grow: (size: number) => Input, work: (input: Input) => unknown): void {
    const [little, much] = [grow(small), grow(small * 4)];
    const before = workOf(() => work(little));
    expect(before).toBeGreaterThan(0);
    expect(workOf(() => work(much))).toBeLessThan(mostFactor * before + base);
  }

  describe.each(Object.entries(grown))('%s', (name, inputs) => {
    const { read } = targets[name] as Target;
    test.for(inputs)('%s', ([, grow]) => {
      expectLinear(grow, (text) => tryRead(read, text));
      count('work in proportion to the input');
    });
  });

  test('places of problems, from both ends of a text', () => {
    expectLinear(
      (size) => ({ name: 'input', text: 'a\n'.repeat(size) }),
      (source) => {
        for (let at = 0; at < source.text.length / 2; at += 1) {
          positionAt(source, at);
          positionAt(source, source.text.length - at);
        }
      },
    );
  });

  test('asking for a number when all are given', () => {
    expectLinear(
      (size) => size / 4,
      (size) => {
        const pool = new Pool({ first: 1, preferred: 1, last: size });
        for (let asked = 0; asked < 2 * size; asked += 1) pool.take('a');
      },
    );
  });

  test('what is quadratic is found', () => {
    const quadratic = (text: string) => {
      for (let at = 0; at < text.length; at += 20) positionAt({ name: 'input', text }, at);
    };
    expect(() => expectLinear((size) => 'a\n'.repeat(size), quadratic)).toThrow();
  });
});
