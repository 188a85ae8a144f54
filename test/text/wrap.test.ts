import fc from 'fast-check';
import { expect, test } from 'vitest';
import { widthOf } from '../../src/text/columns.ts';
import { wrapped } from '../../src/text/wrap.ts';

test('a sentence goes on below where it begins', () => {
  expect(wrapped('note[assumed]: one two three four', 20)).toBe('note[assumed]: one\n  two three four');
  expect(wrapped('  expected: one two three four', 20)).toBe('  expected: one two\n    three four');
  expect(wrapped('  50 %  dropped by rule one of a chain', 20)).toBe(
    '  50 %  dropped by\n        rule one of\n        a chain',
  );
});

test.each([
  '    -A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-AAAA',
  '    ! -i lo -m socket --transparent -j MARK --set-xmark 0x200/0xffffffff',
  '    PREROUTING 1 (line 7), perhaps: ! -i lo -m socket --transparent -j MARK --set-xmark 0x200/0xffffffff',
  '  12 | spec: a line of a manifest that is too long for this terminal',
  '    $ kubenat check --config kube-proxy.yaml node.save manifests.yaml',
  'NAME       TYPE        CLUSTER-IP     EXTERNAL-IP   PORT(S)   AGE',
])('what is one line stays one: %s', (line) => {
  expect(wrapped(line, 30)).toBe(line);
});

test('a sentence that names a part of a rule is a sentence', () => {
  expect(wrapped('  packets  only where -m mac holds, which is not evaluated', 40)).toBe(
    '  packets  only where -m mac holds,\n           which is not evaluated',
  );
});

test('Hangul takes two columns, colours none', () => {
  expect(wrapped('가나 다라 마바', 9)).toBe('가나 다라\n  마바');
  const red = '\u001b[31mone\u001b[0m two three';
  expect(wrapped(red, 13)).toBe(red);
});

const letters = fc.array(fc.constantFrom('a', 'b', '가', ' ', ' ', '\n', ':'), { maxLength: 120 });

test('no word is lost or moved, and no line is wider than can be', () => {
  fc.assert(
    fc.property(
      letters.map((list) => list.join('')),
      fc.integer({ min: 8, max: 40 }),
      (text, columns) => {
        const shown = wrapped(text, columns);
        expect(shown.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
        for (const line of shown.split('\n'))
          if (widthOf(line) > columns && !/\S {2,}\S.*\S {2,}\S/.test(line))
            expect(line.trim().split(' ').filter(Boolean).length).toBeLessThanOrEqual(2);
      },
    ),
  );
});
