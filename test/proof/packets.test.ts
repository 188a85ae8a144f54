import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Family, families } from '../../src/address/address.ts';
import { readFlows } from '../../src/engine/flows.ts';
import { buildHost } from '../../src/host/build.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { InputError } from '../../src/text/problem.ts';
import { type Case, cases, readCase } from '../cases.ts';
import { testCase } from '../kernel/generate.ts';
import { hostOf, nodes } from '../kernel/node.ts';
import { propertySeed } from '../seed.ts';
import { holdAgainstTraces } from './agree.ts';
import type { Dice } from './dense.ts';
import { mutate, mutations } from './mutate.ts';

const small = cases.filter((one) => readCase(one, 'iptables.save').length < 40_000);
/** A sample in `npm test`, more in CI. */
const runs = Number(process.env.KUBENAT_RUNS ?? (process.env.KUBENAT_KERNEL === 'required' ? 8 : 3));
/** Four of five generated pairs fare alike: chance may bring only such ones, but not ten times. */
const mostRounds = 10;

function load(text: string, family: Family): Ruleset | null {
  try {
    return readDump({ name: 'dump', text }, { family }).ruleset;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function hostOfCase(one: Case) {
  const flows = readFlows({ name: 'flows.json', text: readCase(one, 'flows.json') }, one.family);
  return buildHost(one.family, [flows.host]);
}

function diceOf(stream: fc.Stream<number>): Dice {
  return (below) => (stream.next().value as number) % below;
}

/** Decides by tracing whether a mutation matters, and holds the comparison against it. */
function check(one: Case, kind: string, dice: Dice): void {
  const text = readCase(one, 'iptables.save');
  const mutated = mutate(text, kind, dice);
  const [before, after] = [load(text, one.family), load(mutated, one.family)];
  if (!before || !after) return;
  const texts = [text, mutated, readCase(one, 'flows.json')];
  holdAgainstTraces({ before, after, host: hostOfCase(one), texts, place: `${one.id}, ${kind}` }, dice);
}

describe('what is said of a mutation agrees with dense tracing', () => {
  test.each(Object.keys(mutations))(
    '%s',
    (kind) => {
      fc.assert(
        fc.property(fc.constantFrom(...small), fc.infiniteStream(fc.nat()), (one, stream) =>
          check(one, kind, diceOf(stream)),
        ),
        { numRuns: runs, endOnFailure: true },
      );
    },
    600_000,
  );
});

describe('what is said of two generated rule sets agrees with dense tracing', () => {
  test.each(families)(
    '%s',
    (family) => {
      const kind = fc.constantFrom(...Object.keys(mutations));
      let differing = 0;
      const pairs = fc.property(
        testCase(family, 'nft', 1),
        fc.array(kind, { minLength: 2, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        ({ rules }, kinds, stream) => {
          const dice = diceOf(stream);
          const mutated = kinds.reduce((text, one) => mutate(text, one, dice), rules);
          const [before, after] = [load(rules, family), load(mutated, family)];
          if (!before || !after) return;
          const host = hostOf(family);
          const texts = [rules, mutated, JSON.stringify(nodes[family])];
          const place = `\n${rules}\nthen\n${mutated}\n`;
          const { classes } = holdAgainstTraces({ before, after, host, texts, place }, dice);
          if (classes.length > 0) differing += 1;
        },
      );
      for (let round = 0; round === 0 || (differing === 0 && round < mostRounds); round += 1) {
        fc.assert(pairs, { numRuns: runs * 3, endOnFailure: true, seed: propertySeed + round });
      }
      expect(differing).toBeGreaterThan(0);
    },
    600_000,
  );
});
