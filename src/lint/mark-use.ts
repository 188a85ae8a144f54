import { instructionsIn } from '../engine/instructions.ts';
import type { Condition, Instruction, IrRule } from '../engine/ir.ts';
import { ownerOf } from '../iptables/owners.ts';
import type { Match } from '../iptables/rule/match.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import type { Target } from '../iptables/rule/target.ts';
import { commentOf } from '../proof/rules/keys.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import { type Place, placeOf } from './finding.ts';
import { ownerOfPlace } from './reach/owners.ts';
import { usualChains } from './reach/usual.ts';
import type { NodeRules } from './reach.ts';

/** A rule that uses bits of the packet's mark. All are masks. */
export interface MarkUse {
  readonly place: Place;
  /** Whose rule it is; null: nobody's who is known. */
  readonly owner: string | null;
  /** Bits that it turns on. */
  readonly sets: number;
  /** Bits that it turns on, or may: those of the connection's mark, of a socket's, or of whatever an extension does. */
  readonly maySet: number;
  /** Bits that it turns off, whatever they were; of a chain where packets come first, none: they have no mark yet. */
  readonly wipes: number;
  /** Bits that it looks at, or hands on. */
  readonly asks: number;
  /** Bits without which it does not match. */
  readonly needs: number;
}

const all = 0xffffffff;

/** All rules of a node that use the mark, whether or not packets come to them. */
export function markUses({ iptables, nft, program }: NodeRules): readonly MarkUse[] {
  const inDump = iptables ? usesInDump(program) : [];
  const uses = nft.length === 0 ? inDump : [...inDump, ...usesInNft(program)];
  const { PREROUTING, OUTPUT } = program.baseChains;
  const first = new Set([...PREROUTING, ...OUTPUT].map(({ chain: { table, name } }) => `${table}/${name}`));
  return uses.map((use) => (first.has(`${use.place.table}/${use.place.chain}`) ? { ...use, wipes: 0 } : use));
}

function usesInNft({ chains }: NodeRules['program']): readonly MarkUse[] {
  return usualChains(chains).others.flatMap((chain) =>
    chain.language === 'nftables' ? chain.rules.flatMap(useOfNft) : [],
  );
}

function usesInDump({ chains }: NodeRules['program']): readonly MarkUse[] {
  return usualChains(chains).others.flatMap((chain) => {
    if (chain.language !== 'iptables') return [];
    const uses: MarkUse[] = [];
    for (const place of chain.rules) {
      const bits = bitsOfRule(place.rule);
      if (bits === null) continue;
      uses.push({ place: placeOf(place), owner: ownerOf(chain.name) ?? ownerInComment(place.rule), ...bits });
    }
    return uses;
  });
}

/** Most rules have nothing to do with the mark. */
function bitsOfRule({ matches, target }: Rule): Bits | null {
  let bits = target && bitsOfTarget(target);
  for (const match of matches) {
    const own = bitsOfMatch(match);
    if (own !== null) bits = bits === null ? own : joined([bits, own]);
  }
  return bits;
}

/** Those who write into chains of the kernel's say so. */
function ownerInComment(rule: Rule): string | null {
  const comment = commentOf(rule) ?? '';
  return commented.find(([, pattern]) => pattern.test(comment))?.[0] ?? null;
}

const commented: readonly (readonly [owner: string, pattern: RegExp])[] = [
  ['Calico', /^cali:/],
  ['Cilium', /^cilium/i],
  ['the Amazon VPC CNI', /^AWS,/],
  ['kube-proxy', /^kubernetes /],
  ['flannel', /^flanneld/],
];

type Bits = Omit<MarkUse, 'place' | 'owner'>;

const none: Bits = { sets: 0, maySet: 0, wipes: 0, asks: 0, needs: 0 };

function joined(parts: readonly Bits[]): Bits {
  const or = (key: keyof Bits) => parts.reduce((bits, part) => bits | part[key], 0) >>> 0;
  return { sets: or('sets'), maySet: or('maySet'), wipes: or('wipes'), asks: or('asks'), needs: or('needs') };
}

const put = (bits: number, cleared = 0): Bits => ({
  ...none,
  sets: bits,
  maySet: bits,
  wipes: (cleared & ~bits) >>> 0,
});

/** Null: it has nothing to do with the mark. */
function bitsOfMatch(match: Match): Bits | null {
  if (match.kind === 'mark')
    return { ...none, asks: match.mask, needs: match.negated ? 0 : (match.value & match.mask) >>> 0 };
  if (match.kind === 'socket') return match.restoreMark ? { ...none, maySet: all } : null;
  if (match.kind === 'rpfilter') return match.validMark ? { ...none, asks: all } : null;
  return match.kind === 'other' && match.name === 'bpf' ? { ...none, asks: all } : null;
}

function bitsOfTarget(target: Target): Bits | null {
  if (target.kind === 'mark') return put(target.value, target.mask);
  if (target.kind === 'tproxy') return target.value === 0 ? null : put(target.value);
  if (target.kind === 'connmark' && target.action === 'save') return { ...none, asks: target.packetMask };
  if (target.kind === 'connmark' && target.action === 'restore')
    return { ...none, maySet: target.packetMask };
  return target.kind === 'other' && !unmarking.has(target.name) ? { ...none, maySet: all, asks: all } : null;
}

/** Targets that leave the mark alone. */
const unmarking: ReadonlySet<string> = new Set([
  'AUDIT',
  'CHECKSUM',
  'CLASSIFY',
  'DSCP',
  'ECN',
  'HL',
  'NFQUEUE',
  'RATEEST',
  'TCPOPTSTRIP',
  'TEE',
  'TOS',
  'TTL',
]);

function useOfNft(rule: IrRule): MarkUse[] {
  const parts = [...instructionsIn(rule.code)].flatMap((one) => bitsOfInstruction(one) ?? []);
  if (parts.length === 0) return [];
  return [{ place: placeOf(rule), owner: ownerOfPlace(rule), ...joined(parts) }];
}

function bitsOfInstruction(one: Instruction): Bits | null {
  if (one.do === 'test') return bitsOfCondition(one.condition, false);
  if (one.do === 'lookup') {
    const fields = one.fields.filter(({ field }) => field === 'mark');
    return fields.length > 0 ? { ...none, asks: all } : null;
  }
  if (one.do !== 'set') return null;
  const { field, change } = one;
  if (change.kind === 'bits' && change.flip.kind === 'field') {
    const mask = Number(change.flip.mask);
    if (change.flip.field.field === 'mark' && field.field !== 'mark') return { ...none, asks: mask };
    return field.field === 'mark' ? { ...none, maySet: mask } : null;
  }
  if (field.field !== 'mark') return null;
  if (change.kind === 'bits' && change.flip.kind === 'constant')
    return put(Number(change.flip.value) >>> 0, Number(change.clear));
  return { ...none, maySet: all };
}

function bitsOfCondition(condition: Condition, negated: boolean): Bits | null {
  switch (condition.kind) {
    case 'not':
      return bitsOfCondition(condition.of, !negated);
    case 'all':
    case 'any': {
      const parts = condition.of.flatMap((one) => bitsOfCondition(one, negated) ?? []);
      // Of several, one may hold without the others.
      return parts.length === 0 ? null : { ...joined(parts), needs: 0 };
    }
    case 'open':
      return /\bmark\b/.test(condition.key) ? { ...none, asks: all } : null;
    case 'test': {
      if (condition.field !== 'mark') return null;
      const asks = Number(condition.mask ?? all);
      return { ...none, asks, needs: neededBy(condition.set, asks, negated) };
    }
  }
}

function neededBy([first, last, ...more]: IntervalSet, mask: number, negated: boolean): number {
  if (first === undefined || first !== last || more.length > 0) return 0;
  if (!negated) return Number(first);
  // `& 0x4000 != 0`
  const isBit = mask !== 0 && (mask & (mask - 1)) === 0;
  return Number(first) === 0 && isBit ? mask : 0;
}
