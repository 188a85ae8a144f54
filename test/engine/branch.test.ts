import { expect, test } from 'vitest';
import { Branch } from '../../src/engine/branch.ts';

test('a copy has all that its branch has', () => {
  const nothing = undefined as never;
  const branch = new Branch({} as never, true, nothing, nothing, nothing);
  const names = Object.keys(branch);
  Object.assign(branch, Object.fromEntries(names.map((name) => [name, `the ${name}`])));
  const copy = branch.copy();
  expect(copy).not.toBe(branch);
  expect({ ...copy }).toEqual(Object.fromEntries(names.map((name) => [name, `the ${name}`])));
});
