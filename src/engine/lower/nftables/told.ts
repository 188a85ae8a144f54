import type { Match } from '../../../iptables/rule/match.ts';
import type { Rule } from '../../../iptables/rule/ruleset.ts';
import type { Target } from '../../../iptables/rule/target.ts';
import type { NftRule } from '../../../nftables/model.ts';
import type { Instruction } from '../../ir.ts';

/** A rule of nft as explanations tell it: its place, its comment, and as its target the last thing that it does. */
export function toldRule({ comment, place }: NftRule, code: readonly Instruction[]): Rule {
  const matches: readonly Match[] = comment === undefined ? [] : [{ kind: 'comment', text: comment }];
  return { matches, target: lastOf(code), at: place?.start ?? 0 };
}

function lastOf(code: readonly Instruction[]): Target | null {
  for (const instruction of code.toReversed()) {
    const target = targetOf(instruction);
    if (target) return target;
  }
  return null;
}

function targetOf(instruction: Instruction): Target | null {
  switch (instruction.do) {
    case 'accept':
    case 'drop':
    case 'return':
      return {
        kind: 'verdict',
        verdict: ({ accept: 'ACCEPT', drop: 'DROP', return: 'RETURN' } as const)[instruction.do],
      };
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
      return lastOf(instruction.elements[0]?.code ?? []);
    case 'choose':
      return lastOf(instruction.ways[0]?.code ?? []);
    case 'set':
      return markOf(instruction);
    default:
      return null;
  }
}

function markOf({ field, change }: Extract<Instruction, { do: 'set' }>): Target | null {
  if (field.field !== 'mark' || change.kind !== 'bits' || change.flip.kind !== 'constant') return null;
  // What iptables' target clears, it gives anew.
  return { kind: 'mark', value: Number(change.flip.value), mask: Number(change.clear) };
}
