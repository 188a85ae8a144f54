import { expect, test } from 'vitest';
import { readHost } from '../../src/host/read.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { problemsOf, summary } from './texts.ts';

test.each([
  ['an alias within itself', 'addresses: &a [*a]\n', /the alias a stands within what it stands for/],
  ['an alias deep within itself', 'a: &a {b: [1, {c: *a}]}\n', /stands within what it stands for/],
  ['a merge of a number', 'addresses: [192.168.0.2/24]\n<<: 5\n', /is no map/],
  ['a merge of a list of numbers', '<<: [1]\n', /is no map/],
])('%s is a problem of the input', (_what, text, message) => {
  expect(() => readHost({ name: 'h.yaml', text }, 'ipv4')).toThrow(message);
  expect(problemsOf(`apiVersion: v1\nkind: Service\n${text}`).map(summary)[0]).toMatch(/yaml-syntax/);
});

test.each(['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty'])(
  'no set is of type %s',
  (type) => {
    const read = () => readSets([{ name: 's', text: `create s ${type} family inet\n` }]);
    expect(read).toThrow(`${type} is no type of a set`);
  },
);
