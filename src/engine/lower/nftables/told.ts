import type { Match } from '../../../iptables/rule/match.ts';
import type { Rule } from '../../../iptables/rule/ruleset.ts';
import type { Target } from '../../../iptables/rule/target.ts';
import type { NftRule } from '../../../nftables/model.ts';
import type { Condition, Instruction } from '../../ir.ts';

/**
 * A rule of nft as explanations tell it: its place, its comment, the marks that it asks for, and as its target the last
 * thing that it does for whatever packet comes to its end.
 */
export function toldRule({ comment, place }: NftRule, code: readonly Instruction[]): Rule {
  const said: readonly Match[] = comment === undefined ? [] : [{ kind: 'comment', text: comment }];
  const asked = code.flatMap((instruction) =>
    instruction.do === 'test' ? markAsked(instruction.condition, false) : [],
  );
  return { matches: [...asked, ...said], target: lastOf(code), at: place?.start ?? 0 };
}

/** `meta mark & 0x4000 != 0` is what iptables would write as 0x4000/0x4000. */
function markAsked(condition: Condition, negated: boolean): readonly Match[] {
  if (condition.kind === 'not') return markAsked(condition.of, !negated);
  if (condition.kind !== 'test' || condition.field !== 'mark') return [];
  const [value, last] = condition.set;
  if (value === undefined || value !== last || condition.set.length !== 2) return [];
  const mask = Number(condition.mask ?? 0xffffffff);
  const isBit = mask !== 0 && (mask & (mask - 1)) === 0;
  const turned = isBit && value === 0;
  return [{ kind: 'mark', value: turned ? mask : Number(value), mask, negated: negated !== turned }];
}

function lastOf(code: readonly Instruction[]): Target | null {
  for (const instruction of code.toReversed()) {
    const target = targetOf(instruction);
    if (target) return target;
  }
  return null;
}

const verdicts = { accept: 'ACCEPT', drop: 'DROP', return: 'RETURN' } as const;

function targetOf(instruction: Instruction): Target | null {
  switch (instruction.do) {
    case 'accept':
    case 'drop':
    case 'return':
      return { kind: 'verdict', verdict: verdicts[instruction.do] };
    case 'jump':
    case 'goto':
      return { kind: 'jump', chain: instruction.chain.name, returns: instruction.do === 'jump' };
    case 'reject':
      return { kind: 'reject', with: instruction.with };
    case 'nat':
      return { kind: instruction.side === 'source' ? 'snat' : 'dnat', ...instruction.range };
    case 'masquerade':
    case 'redirect':
      return { kind: instruction.do, ...instruction.range };
    case 'netmap':
      return { kind: 'netmap', address: instruction.address, mask: instruction.mask };
    case 'lookup':
      return commonOf(instruction.elements);
    case 'choose':
      return commonOf(instruction.ways);
    case 'set':
      return markGiven(instruction);
    default:
      return null;
  }
}

/** What all of several do, but for where they lead. */
function commonOf(several: readonly { readonly code: readonly Instruction[] }[]): Target | null {
  const targets = several.map(({ code }) => lastOf(code));
  const [first] = targets;
  return first && first.kind !== 'jump' && targets.every((target) => target?.kind === first.kind)
    ? first
    : null;
}

function markGiven({ field, change }: Extract<Instruction, { do: 'set' }>): Target | null {
  if (field.field !== 'mark' || change.kind !== 'bits' || change.flip.kind !== 'constant') return null;
  return { kind: 'mark', value: Number(change.flip.value), mask: Number(change.clear) };
}
