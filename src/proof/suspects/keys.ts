import type { ProgramRule } from '../../engine/program.ts';
import { type Instances, pairInstances } from '../open/instances.ts';
import { type Fingerprint, jumpKey, numbersWith, treeKey } from '../rules/fingerprint.ts';
import type { LazyChain } from '../rules/program.ts';

/**
 * What tells the rules of one side apart: equal keys for what does the same to every packet, and to every state. A copy of a
 * limit reads like the limit and is another one, so a rule with a state of its own is named by that state, too.
 */
export class Keys {
  private readonly instances: Instances;
  private readonly chains: ReadonlyMap<LazyChain, number>;

  constructor(print: Fingerprint, instances: Instances) {
    this.instances = instances;
    this.chains = print.survey.stateful.length === 0 ? print.chains : numbersOfStates(print, instances);
  }

  chain(chain: LazyChain): number | undefined {
    return this.chains.get(chain);
  }

  /** Of a rule with all that it can lead to. */
  whole(rule: ProgramRule): string {
    return treeKey(rule, this.chains) + this.stateOf(rule);
  }

  /** Of a jump, wherever it leads. */
  jump(rule: ProgramRule): string {
    return jumpKey(rule) + this.stateOf(rule);
  }

  private stateOf(rule: ProgramRule): string {
    return nameIn(this.instances, rule);
  }
}

/** The keys of two sides, in which states are named alike that are taken for one. */
export function keysOfBoth(before: Fingerprint, after: Fingerprint): readonly [Keys, Keys] {
  const instances = pairInstances(before.survey.stateful, after.survey.stateful);
  return [new Keys(before, instances), new Keys(after, instances)];
}

const nameIn = (instances: Instances, rule: ProgramRule): string => {
  const instance = instances.get(rule);
  return instance ? ` \u0000${instance.name}` : '';
};

function numbersOfStates(print: Fingerprint, instances: Instances): ReadonlyMap<LazyChain, number> {
  const leading = leadingToStates(print);
  return numbersWith(print, leading, (rule) => nameIn(instances, rule));
}

/** The chains with rules that keep a state, and all that lead to them. */
function leadingToStates({ survey }: Fingerprint): ReadonlySet<LazyChain> {
  const seen = new Set(survey.stateful.map(({ chain }) => chain));
  for (const chain of seen) for (const { chain: caller } of survey.callers.get(chain) ?? []) seen.add(caller);
  return seen;
}
