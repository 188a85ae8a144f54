import type { Expected } from '../../../text/expected.ts';
import type { ExpectedWords, RangeWords, UnitWords } from '../expected.ts';

const units: UnitWords = {
  characters: '자',
  bytes: '바이트',
  bits: '비트',
  words: '단어',
  options: '개의 옵션',
  addresses: '개의 주소',
  directions: '개의 방향',
  levels: '단계 중첩',
  aliased: '개의 앨리어스 값',
  ports: '개의 포트',
};

const ranges: RangeWords = {
  number: (from, to) => `${from}~${to}의 수`,
  integer: (from, to) => `${from}~${to}의 정수`,
  port: (from, to) => `${from}~${to}의 포트`,
  type: (from, to) => `${from}~${to}의 유형`,
  protocol: (from, to) => `${from}~${to}의 프로토콜`,
  days: (from, to) => `${from}~${to}일`,
};

const counted = (count: number, unit: keyof UnitWords | null) =>
  `${count}${unit === null ? '' : units[unit]}`;

/** What would have been right, but for the names of things. */
export const expectedSentences = (say: (one: Expected) => string): ExpectedWords => ({
  written: ({ text }) => text,
  'one-of': ({ names }) => `${names.join(', ')} 중 하나`,
  'some-of': ({ names }) => `${names.join()} 중 일부`,
  either: ({ of }) => {
    const said = of.map(say);
    return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} 또는 ${said.at(-1)}`;
  },
  'or-else': ({ of }) => of.map(say).join(' 또는 '),
  listed: ({ of }) => of.map(say).join(', '),
  'such-as': ({ example, what }) => (what === null ? `예: ${example}` : `${say(what)}(예: ${example})`),
  'list-of': ({ of }) => `${say(of)}의 목록`,
  perhaps: ({ name }) => `혹시 ${name}?`,
  range: ({ what, from, to }) => ranges[what](from, to),
  'at-most': ({ count, unit }) => `최대 ${counted(count, unit)}`,
  'at-least': ({ count, unit }) => `최소 ${counted(count, unit)}`,
  counted: ({ from, to, unit }) => `${from}~${counted(to, unit)}`,
  printed: ({ by }) => `${by.join(' 또는 ')}의 출력`,
});
