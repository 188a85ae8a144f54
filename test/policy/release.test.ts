import { expect, test } from 'vitest';
import { defaultRelease, findRelease, releases } from '../../src/policy/release.ts';

test('a release is found by its name, its tag and its patch release', () => {
  for (const name of releases.keys()) {
    expect(findRelease(name)).toBeDefined();
    expect(findRelease(`v${name}`)).toBe(findRelease(name));
    expect(findRelease(`${name}.7`)).toBe(findRelease(name));
  }
});

test.each(['1.24', '2.30', '1', '1.30.x', '', 'latest', '1.300'])('%j is not known', (name) => {
  expect(findRelease(name)).toBeUndefined();
});

test('the default is known', () => {
  expect(releases.has(defaultRelease)).toBe(true);
});
