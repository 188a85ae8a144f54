import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionAt, type Source } from '../../src/text/source.ts';

/** Places are asked for forwards, backwards and in several texts: what was asked before must not show. */
test('the position of an offset is what counting from the beginning gives', () => {
  const text = fc.stringMatching(/^[a\n]{0,30}$/);
  const questions = fc.array(fc.tuple(fc.nat(1), fc.nat(30)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(text, text, questions, (one, other, asked) => {
      const sources = [one, other].map((content) => ({ name: 'input', text: content }));
      for (const [which, place] of asked) {
        const chosen = sources[which] as Source;
        const offset = Math.min(place, chosen.text.length);
        const lines = chosen.text.slice(0, offset).split('\n');
        expect(positionAt(chosen, offset)).toEqual({
          line: lines.length,
          column: (lines.at(-1) ?? '').length + 1,
        });
      }
    }),
    { numRuns: 500 },
  );
});
