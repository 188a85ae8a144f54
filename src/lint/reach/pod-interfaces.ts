import { interfaceNamed } from '../../engine/fields.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import type { Condition, IrProgram } from '../../engine/ir.ts';
import { usualChains } from './usual.ts';

/** Interfaces that network plugins give each pod: rules that name one say that pods are behind it, and no bridge. */
const ofPods = /^(?:cali|lxc|veth|azv|gke|eni)/;

/** An interface that rules name, by its name or as all whose names begin so (`cali+`). */
interface Named {
  readonly name: string;
  /** kube-proxy was told that all of its pods are behind such interfaces, and no other packets. */
  readonly ofAllPods: boolean;
}

/**
 * The interfaces behind which pods may be; null: the one that is assumed of every node. A rule for all of a plugin's, whatever their
 * names, does not say that a pod is there.
 */
export function podInterfacesIn(named: Iterable<Named>): readonly (string | null)[] {
  const perhaps = new Set<string>();
  for (const { name, ofAllPods } of named) {
    if (ofAllPods) return [oneOf(name)];
    if (!ofPods.test(name)) continue;
    if (!name.endsWith('+')) return [name];
    perhaps.add(oneOf(name));
  }
  return [null, ...perhaps];
}

/** `cali+`: `cali0` is one of them. */
function oneOf(pattern: string): string {
  return pattern.replace(/\+$/, '0');
}

/** By rules of iptables. */
export function* namedInDump({ chains }: IrProgram): Generator<Named> {
  for (const { language, rules } of usualChains(chains).others) {
    if (language !== 'iptables') continue;
    for (const {
      rule: { matches, target },
    } of rules) {
      const named = matches.find((match) => match.kind === 'in-interface');
      if (named?.kind !== 'in-interface') continue;
      const marks = target?.kind === 'jump' && target.chain === 'KUBE-MARK-MASQ';
      yield { name: named.name, ofAllPods: marks && named.negated };
    }
  }
}

/** By rules of nft. */
export function* namedInNft({ chains }: IrProgram): Generator<Named> {
  for (const chain of usualChains(chains).others) {
    if (chain.language !== 'nftables') continue;
    const isProxys = chain.table.endsWith(' kube-proxy');
    for (const { code } of chain.rules) {
      for (const instruction of instructionsIn(code)) {
        if (instruction.do === 'test') yield* namedBy(instruction.condition, isProxys, false);
      }
    }
  }
}

function* namedBy(condition: Condition, isProxys: boolean, negated: boolean): Generator<Named> {
  if (condition.kind === 'not') yield* namedBy(condition.of, isProxys, !negated);
  else if (condition.kind === 'all' || condition.kind === 'any')
    for (const one of condition.of) yield* namedBy(one, isProxys, negated);
  else if (condition.kind === 'test' && condition.field === 'in') {
    const name = interfaceNamed(condition.set);
    if (name !== null) yield { name, ofAllPods: isProxys && negated };
  }
}
