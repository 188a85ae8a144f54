import { hostSubnet } from '../../../address/subnet.ts';
import type { Match } from '../../../iptables/rule/match.ts';
import type { Rule, RuleWay } from '../../../iptables/rule/ruleset.ts';
import type { Target } from '../../../iptables/rule/target.ts';
import type { NftRule } from '../../../nftables/model.ts';
import { spellExpression } from '../../../nftables/print/expressions.ts';
import { spellStatement } from '../../../nftables/print/statements.ts';
import type { IntervalSet } from '../../../sets/intervals.ts';
import type { FieldName } from '../../fields.ts';
import type { Condition, Instruction } from '../../ir.ts';

/**
 * A rule of nft as explanations tell it: its place, its comment, the marks that it asks for, and as its target the last
 * thing that it does for whatever packet comes to its end.
 */
export function toldRule({ comment, place, statements }: NftRule, code: readonly Instruction[]): Rule {
  const said: readonly Match[] = comment === undefined ? [] : [{ kind: 'comment', text: comment }];
  const asked = code.flatMap((instruction) =>
    instruction.do === 'test' ? markAsked(instruction.condition, false) : [],
  );
  const ways = waysOf(code, [], null, keyIn(statements));
  return {
    matches: [...asked, ...said],
    target: lastOf(code),
    at: place?.start ?? 0,
    asked: statements.flatMap((one) => (one.kind === 'match' ? [spellStatement(one, {})] : [])),
    ...(ways.length > 0 && { ways }),
  };
}

/** What is looked up, as nft prints it. */
function keyIn(statements: NftRule['statements']): string {
  const vmap = statements.find(({ kind }) => kind === 'vmap');
  return vmap?.kind === 'vmap' ? spellExpression(vmap.key, {}) : '';
}

/** What lookups and choices lead to. */
function waysOf(
  code: readonly Instruction[],
  matches: readonly Match[],
  share: RuleWay['share'],
  key: string,
): readonly RuleWay[] {
  return code.flatMap((instruction): readonly RuleWay[] => {
    if (instruction.do === 'lookup')
      return instruction.elements.flatMap(({ keys, code: inner }) => {
        const asked = instruction.fields.map(({ field }, at) =>
          keyAsked(field, keys[at] ?? [], instruction, keys),
        );
        const ways = wayOf(inner, [...matches, ...asked.flatMap((one) => one ?? [])], share, key);
        return asked.includes(null) ? ways.map((way) => ({ ...way, asked: [`${key} …`] })) : ways;
      });
    if (instruction.do === 'choose')
      return instruction.ways.flatMap((way) => wayOf(way.code, matches, way.share, key));
    return [];
  });
}

function wayOf(
  code: readonly Instruction[],
  matches: readonly Match[],
  share: RuleWay['share'],
  key: string,
): readonly RuleWay[] {
  const inner = waysOf(code, matches, share, key);
  const target = lastOf(code);
  return inner.length > 0 || target === null ? inner : [{ matches, target, share }];
}

type Lookup = Extract<Instruction, { do: 'lookup' }>;

/** A part of a key, as iptables would ask for it; null where it has no word for that. */
function keyAsked(
  field: FieldName,
  [value, last, ...more]: IntervalSet,
  { fields }: Lookup,
  keys: readonly IntervalSet[],
): readonly Match[] | null {
  if (field === 'protocol' && fields.some((one) => one.field === 'destinationPort')) return [];
  if (value === undefined || value !== last || more.length > 0) return null;
  if (field === 'source' || field === 'destination')
    return [{ kind: field, negated: false, subnet: hostSubnet(value) }];
  if (field !== 'destinationPort') return null;
  const at = fields.findIndex((one) => one.field === 'protocol');
  const kind = transports[Number(keys[at]?.[0] ?? 6)];
  const port = { first: Number(value), last: Number(value) };
  return kind ? [{ kind, destinationPort: { value: port, negated: false } }] : null;
}

const transports: Readonly<Record<number, 'tcp' | 'udp' | 'sctp'>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

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
    case 'notrack':
      return { kind: 'ct', spelling: 'NOTRACK', notrack: true, further: [] };
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
