import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addUp, claims, printTable, withTable } from '../../scripts/claims.mjs';
import { pathOf } from '../pages.ts';

test('what tests counted is added up, and what none counted is said to be not tried', () => {
  const sums = addUp('{"claim":"rule sets","count":1200}\n{"claim":"rule sets","count":34}\n');
  const table = printTable(sums);
  expect(table).toMatch(/^\| rule sets \| .* \| 1,234 rule sets \|$/m);
  expect(table.match(/not tried here/g)).toHaveLength(Object.keys(claims).length - 1);
});

test('the table is put between the marks of a page', () => {
  const page = 'before\n<!-- claims -->\nold $1\n<!-- /claims -->\nafter\n';
  const wanted = 'before\n<!-- claims -->\n\n| $& |\n\n<!-- /claims -->\nafter\n';
  expect(withTable(page, '| $& |\n')).toBe(wanted);
  expect(() => withTable('no marks', '')).toThrow('claims');
});

test.each(Object.entries(claims))('what counts %s is there', (_, { test: file }) => {
  expect(existsSync(pathOf(file))).toBe(true);
});
