import { describe, expect, test } from 'vitest';
import { families } from '../../src/address/address.ts';
import { addressTypeCases } from '../kernel/address-types.ts';
import { disagreements, interpret, printOutcome } from '../kernel/compare.ts';
import { forgedCases, isUnknowable } from '../kernel/forged.ts';
import { knownCases, type Recorded, readRecorded } from '../kernel/known.ts';
import { particularCases } from '../kernel/particular.ts';
import { because } from '../said.ts';

// What the kernel did to packets (test/kernel/record.ts): the comparison with it, for those who cannot ask it.

describe('what once disagreed with the kernel', () => {
  test.each(knownCases)('%s', (_name, { observed, ...testCase }) => {
    expect(disagreements(testCase, interpret(testCase), observed)).toEqual([]);
  });
});

test('what finds no free port is told to be dropped for that', () => {
  const known = new Map(knownCases).get('source-ports-used-up.json');
  const dropped =
    known &&
    interpret(known)
      .flat()
      .filter(({ verdict }) => verdict === 'drop');
  expect(dropped?.map(because)).toContain('an older flow already has these ends, and no other port was free');
});

describe('what the kernel did where rules ask for sets', () => {
  const recorded = readRecorded<Recorded>('sets.jsonl');

  test.each(recorded.map((one, index) => [index, one] as const))(
    '%i',
    (_index, { observed, ...testCase }) => {
      const computed = interpret(testCase);
      expect(computed.flat().filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
      expect(disagreements(testCase, computed, observed)).toEqual([]);
    },
  );

  test.each(families)('rules with sets took some packets and let others pass, %s', (family) => {
    const observed = recorded.filter((one) => one.family === family).flatMap((one) => one.observed);
    const taken = observed.filter(({ dst }) => dst?.endsWith(family === 'ipv4' ? '.6' : ':6'));
    expect(taken.length / observed.length).toBeGreaterThan(0.1);
    expect(taken.length / observed.length).toBeLessThan(0.9);
  });
});

describe.each([
  ["packets from addresses that are no host's", 'forged.jsonl', forgedCases],
  ['what routes say of addresses', 'address-types.jsonl', addressTypeCases],
  ['packets under rules of particular kinds', 'particular.jsonl', particularCases],
])('what the kernel did to %s', (_kind, file, cases) => {
  const lines = readRecorded<{ name: string; seen: string[] }>(file);
  const recorded = new Map(lines.map(({ name, seen }) => [name, seen]));

  test.each(cases)('%s', (name, one) => {
    const computed = interpret(one);
    const seen = recorded.get(name);
    expect(seen).toHaveLength(one.packets.length);
    const wrong = one.packets.flatMap((packet, index) => {
      const possible = (computed[index] ?? []).map(printOutcome);
      if (possible.includes('unknown') && isUnknowable(packet)) return [];
      const fits = possible.length === 1 && possible[0] === seen?.[index];
      return fits ? [] : [{ packet, possible, seen: seen?.[index] }];
    });
    expect(wrong).toEqual([]);
  });
});
