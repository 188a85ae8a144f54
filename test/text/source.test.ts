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
          file: 'input',
          line: lines.length,
          column: (lines.at(-1) ?? '').length + 1,
        });
      }
    }),
    { numRuns: 500 },
  );
});

test('of a text that was put together the file is told, and the line in that', () => {
  const texts = fc.array(fc.stringMatching(/^(?:a{0,3}\n){1,4}$/), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(texts, fc.nat(3), fc.nat(20), (all, which, place) => {
      const at = Math.min(which, all.length - 1);
      const before = all.slice(0, at).join('');
      const own = all[at] as string;
      const offset = Math.min(place, own.length - 1);
      let line = 1;
      const parts = all.map((text, index) => {
        const part = { name: `file ${index}`, line };
        line += text.split('\n').length - 1;
        return part;
      });
      const alone = positionAt({ name: `file ${at}`, text: own }, offset);
      const whole = { name: 'all', text: all.join(''), parts };
      expect(positionAt(whole, before.length + offset)).toEqual(alone);
    }),
    { numRuns: 300 },
  );
});
