import { expect, test } from 'vitest';
import { compareLines } from './lines.ts';

const mark = 'mangle PREROUTING -s 203.0.113.9/32 -j MARK --set-xmark 0x1/0xffffffff';
const drop = (options: string) =>
  `mangle PREROUTING -s 203.0.113.9/32 -m rpfilter ${options}--invert -j DROP`;

/** By the mark another table may have the way back (rpfilter_mt: flow.flowi4_mark). */
test('that routing does not ask for the mark is said where the way back is asked by it', () => {
  const assumed = (options: string) =>
    compareLines([mark, drop(options)], [drop(options), mark]).assumed.filter(
      ({ code }) => code === 'routing-ignores-mark',
    );
  expect(assumed('--validmark ')).toEqual([{ code: 'routing-ignores-mark', bits: 0xffffffff }]);
  expect(assumed('')).toEqual([]);
});
