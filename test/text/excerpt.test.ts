import { expect, test } from 'vitest';
import { printExcerpt } from '../../src/text/excerpt.ts';

const line = `-A FORWARD ${'-m comment --comment "0123456789" '.repeat(9)}-j NOWHERE ${'x'.repeat(100)}`;
const excerptOf = (word: string) => {
  const start = line.indexOf(word);
  const source = { name: 'dump', text: `*filter\n${line}\nCOMMIT\n` };
  const [shown = '', carets = ''] = printExcerpt({ source, start: 8 + start, end: 8 + start + word.length });
  return { shown: shown.slice('  2 | '.length), under: carets.slice('    | '.length) };
};

test('a quotation says where the line goes on, and its caret stands under the place', () => {
  const { shown, under } = excerptOf('NOWHERE');
  expect(shown).toMatch(/^….*-j NOWHERE x+…$/);
  expect(shown.slice(under.indexOf('^'), under.length)).toBe('NOWHERE');
  expect(excerptOf('FORWARD').shown).toMatch(/^-A FORWARD .*…$/);
});

test('carets end where the quotation does', () => {
  const { shown, under } = excerptOf('x'.repeat(100));
  expect(shown.at(-1)).toBe('…');
  expect(under).toHaveLength(shown.length - 1);
});
