import type { Expected } from '../../../text/expected.ts';
import type { ExpectedWords, RangeWords, UnitWords } from '../expected.ts';

const units: UnitWords = {
  characters: 'characters',
  bytes: 'bytes',
  bits: 'bits',
  words: 'words',
  options: 'options',
  addresses: 'addresses',
  directions: 'directions',
  levels: 'levels of nesting',
  aliased: 'values by alias',
  ports: 'ports',
};

const ranges: RangeWords = {
  number: (from, to) => `a number from ${from} to ${to}`,
  integer: (from, to) => `an integer from ${from} to ${to}`,
  port: (from, to) => `a port from ${from} to ${to}`,
  type: (from, to) => `a type from ${from} to ${to}`,
  protocol: (from, to) => `a protocol from ${from} to ${to}`,
  days: (from, to) => `days from ${from} to ${to}`,
};

const counted = (count: number, unit: keyof UnitWords | null) =>
  unit === null
    ? `${count}`
    : `${count} ${count === 1 ? units[unit].replace(/(?:es|s)\b/, '') : units[unit]}`;

/** What would have been right, but for the names of things. */
export const expectedSentences = (say: (one: Expected) => string): ExpectedWords => ({
  written: ({ text }) => text,
  'one-of': ({ names }) => `one of ${names.join(', ')}`,
  'some-of': ({ names }) => `some of ${names.join()}`,
  either: ({ of }) => {
    const said = of.map(say);
    return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} or ${said.at(-1)}`;
  },
  'or-else': ({ of }) => of.map(say).join(', or '),
  listed: ({ of }) => of.map(say).join(', '),
  'such-as': ({ example, what }) => `${what === null ? '' : `${say(what)} `}such as ${example}`,
  'list-of': ({ of }) => `a list: ${say(of)}`,
  perhaps: ({ name }) => `${name}, perhaps`,
  range: ({ what, from, to }) => ranges[what](from, to),
  'at-most': ({ count, unit }) => `at most ${counted(count, unit)}`,
  'at-least': ({ count, unit }) => `at least ${counted(count, unit)}`,
  counted: ({ from, to, unit }) => `${from} to ${counted(to, unit)}`,
  printed: ({ by }) => `what ${by.join(' or ')} prints`,
});
