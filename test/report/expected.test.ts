import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectedWords as english } from '../../src/report/words/en/expected.ts';
import { expectedWords as korean } from '../../src/report/words/ko/expected.ts';
import { want } from '../../src/text/expected.ts';

test.each([
  [want.written('-A CHAIN'), '-A CHAIN', '-A CHAIN'],
  [want.range(1, 65535), 'a number from 1 to 65535', '1~65535의 수'],
  [want.either('ACCEPT', 'DROP'), 'ACCEPT or DROP', 'ACCEPT 또는 DROP'],
  [want.either('a', 'b', want.thing('name')), 'a, b or a name', 'a, b 또는 이름'],
  [want.orElse('--family', want.thing('number')), '--family, or a number', '--family 또는 숫자'],
  [want.suchAs('2/4', want.thing('share')), 'a share such as 2/4', '비율(예: 2/4)'],
  [want.atMost(15, 'characters'), 'at most 15 characters', '최대 15자'],
  [want.atLeast(1, 'addresses'), 'at least 1 address', '최소 1개의 주소'],
  [want.thing('field', 'spec.ports'), 'the field spec.ports', '필드 spec.ports'],
  [
    want.printed('ipset save', 'ipset list'),
    'what ipset save or ipset list prints',
    'ipset save 또는 ipset list의 출력',
  ],
])('%j', (expected, inEnglish, inKorean) => {
  expect(english(expected)).toBe(inEnglish);
  expect(korean(expected)).toBe(inKorean);
});

/** Words by which English is told from what a user writes. */
const sentence = /(?:^|\s)(?:a|an|the|of|that|which|without|each|its)\s/;

test('a notation is no sentence: readers hold none', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  const notations = files.flatMap((name) => {
    const text = readFileSync(join('src', name), 'utf8');
    const calls = text.match(/\bwant\.(?:written|either|orElse|listed|suchAs)\([^;]*?\)[,;)\n]/g) ?? [];
    return calls.flatMap((call) => call.match(/'[^']*'|`[^`]*`/g) ?? []);
  });
  expect(notations.length).toBeGreaterThan(200);
  expect(notations.filter((text) => sentence.test(text.slice(1, -1)))).toEqual([]);
});
