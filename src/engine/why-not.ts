import { type Address, formatAddress } from '../address/address.ts';
import type { Host } from '../host/model.ts';
import type { Match, MatchKind } from '../iptables/rule/match.ts';
import type { Branch } from './branch.ts';
import type { FieldName } from './fields.ts';
import type { Guide } from './guide.ts';
import type { Condition, Instruction, IrProgram } from './ir.ts';
import { emptyMemory } from './memory.ts';
import type { Packet } from './packet.ts';
import { chainKey, type ProgramChain, type ProgramRule } from './program.ts';
import { sayReason } from './said.ts';
import { findOrigin, ingressOf } from './trace.ts';
import { isQuestion, isSplit, type Truth } from './truth.ts';
import { Walk } from './walk.ts';

/** What became of one rule on a packet's ways. */
export type Fate =
  | { readonly kind: 'matched' | 'by-chance' }
  /** The first match that did not hold, and what it found instead. */
  | {
      readonly kind: 'failed' | 'unknown';
      /** In the model of iptables; a statement of nft as it is printed. */
      readonly match: Match | string;
      readonly found: string;
    }
  /** The chain was entered, but an earlier rule led the packet away. */
  | { readonly kind: 'not-reached'; readonly left: ProgramRule | null }
  /** The chain was not entered: some of the rules that lead to it, with their own fates. */
  | {
      readonly kind: 'not-entered';
      readonly callers: readonly { readonly rule: ProgramRule; readonly fate: Fate }[];
    }
  /** The chain was not entered, and what leads there is too far from the question. */
  | { readonly kind: 'too-far' };

/** Notes how far every rule came. */
class Witness implements Guide {
  readonly fates = new Map<ProgramRule, Fate>();
  readonly entered = new Set<string>();

  enter(chain: ProgramChain): void {
    this.entered.add(chainKey(chain.table, chain.name));
  }

  failed(branch: Branch, rule: ProgramRule, instruction: Instruction, truth: Truth): void {
    if (this.fates.get(rule)?.kind === 'matched') return;
    const part = 'part' in instruction ? instruction.part : undefined;
    const match = part === undefined ? rule.sayInstruction?.(instruction) : rule.rule.matches[part];
    if (isSplit(truth)) this.fates.set(rule, { kind: 'by-chance' });
    else if (!match) return;
    else if (isQuestion(truth))
      this.fates.set(rule, { kind: 'unknown', match, found: sayReason(truth.reason) });
    else {
      const found = typeof match === 'string' ? describeFields(instruction, branch) : describe(match, branch);
      this.fates.set(rule, { kind: 'failed', match, found });
    }
  }

  /** Of what is unknown, the way on which it is supposed to match is followed, too. */
  perform(_branch: Branch, rule: ProgramRule): void {
    if (this.fates.get(rule)?.kind !== 'unknown') this.fates.set(rule, { kind: 'matched' });
  }
}

/** How far every rule came on a packet's ways, of those that were tried. */
export interface Tried {
  readonly fates: ReadonlyMap<ProgramRule, Fate>;
  /** The chains that were entered, by `chainKey`, in the order in which they were. */
  readonly entered: ReadonlySet<string>;
}

/** Walks the packet again and notes what became of every rule that it met. */
export function tryRules(program: IrProgram, host: Host, packet: Packet): Tried {
  const witness = new Witness();
  const ingress = ingressOf(host, findOrigin(host, packet).origin, packet);
  new Walk(program, host, { guide: witness, linear: true }).run(packet, ingress, emptyMemory);
  return witness;
}

/** Says why a rule did not match a packet, or that it did. */
export function whyNot(program: IrProgram, host: Host, packet: Packet, rule: ProgramRule): Fate {
  const tried = tryRules(program, host, packet);
  return fateOf({ program, witness: tried, callers: callersOf(program) }, rule, 0);
}

interface Inquiry {
  readonly program: IrProgram;
  readonly witness: Tried;
  /** The rules that jump to each chain. */
  readonly callers: ReadonlyMap<ProgramChain, readonly ProgramRule[]>;
}

function callersOf({ chains }: IrProgram): ReadonlyMap<ProgramChain, readonly ProgramRule[]> {
  const callers = new Map<ProgramChain, ProgramRule[]>();
  for (const { rules } of chains.values()) {
    for (const rule of rules) {
      if (!rule.jump) continue;
      const known = callers.get(rule.jump);
      if (known) known.push(rule);
      else callers.set(rule.jump, [rule]);
    }
  }
  return callers;
}

/** Thousands of rules may lead to one chain, and to theirs again: a few of them, a few chains back, tell enough. */
const mostCallers = 5;
const mostSteps = 6;

function fateOf(inquiry: Inquiry, rule: ProgramRule, steps: number): Fate {
  const { program, witness } = inquiry;
  const known = witness.fates.get(rule);
  if (known) return known;
  const key = chainKey(rule.table, rule.chain);
  const chain = program.chains.get(key) as ProgramChain;
  if (witness.entered.has(key)) {
    const left = chain.rules.findLast((tried) => witness.fates.get(tried)?.kind === 'matched');
    return { kind: 'not-reached', left: left ?? null };
  }
  if (steps === mostSteps) return { kind: 'too-far' };
  const leading = inquiry.callers.get(chain) ?? [];
  const tried = leading.filter((caller) => witness.entered.has(chainKey(caller.table, caller.chain)));
  const shown = (tried.length > 0 ? tried : leading).slice(0, mostCallers);
  const callers = shown.map((caller) => ({ rule: caller, fate: fateOf(inquiry, caller, steps + 1) }));
  return { kind: 'not-entered', callers };
}

/** What a match of this kind looks at, as the packet shows it. */
const subjects: Partial<Record<MatchKind, (branch: Branch) => string>> = {
  source: ({ source }) => `the source is ${formatAddress(source)}`,
  destination: ({ destination }) => `the destination is ${formatAddress(destination)}`,
  'in-interface': (branch) => `it came in by ${branch.in || 'no interface'}`,
  'out-interface': (branch) => `it leaves by ${branch.out || 'no interface yet'}`,
  protocol: ({ protocol }) => `the protocol is ${protocol}`,
  tcp: ports,
  udp: ports,
  sctp: ports,
  multiport: ports,
  mark: ({ mark }) => `the mark is 0x${mark.toString(16)}`,
  conntrack: tracked,
  state: tracked,
  addrtype: (branch) => `the source is ${show(branch.source)}, the destination ${show(branch.destination)}`,
  recent: (branch) => `the list does not say so of ${show(branch.source)}`,
};

function describe(match: Match, branch: Branch): string {
  return subjects[match.kind]?.(branch) ?? 'the packet is not so';
}

/** The same of the fields that an instruction asks. */
function describeFields(instruction: Instruction, branch: Branch): string {
  const asked =
    instruction.do === 'test'
      ? fieldsIn(instruction.condition)
      : instruction.do === 'lookup'
        ? instruction.fields.map(({ field }) => field)
        : [];
  const said = new Set(asked.flatMap((field) => seen[field]?.(branch) ?? []));
  return said.size > 0 ? [...said].join(', ') : 'the packet is not so';
}

function fieldsIn(condition: Condition): readonly FieldName[] {
  switch (condition.kind) {
    case 'test':
      return [condition.field];
    case 'not':
      return fieldsIn(condition.of);
    case 'open':
      return [];
    default:
      return condition.of.flatMap(fieldsIn);
  }
}

/** What a field holds. */
const seen: Partial<Record<FieldName, (branch: Branch) => string>> = {
  source: ({ source }) => `the source is ${formatAddress(source)}`,
  destination: ({ destination }) => `the destination is ${formatAddress(destination)}`,
  sourcePort: ports,
  destinationPort: ports,
  protocol: ({ protocol }) => `the protocol is ${protocol}`,
  in: (branch) => `it came in by ${branch.in || 'no interface'}`,
  out: (branch) => `it leaves by ${branch.out || 'no interface yet'}`,
  mark: ({ mark }) => `the mark is 0x${mark.toString(16)}`,
  ctState: tracked,
  sourceType: (branch) => `the source is ${show(branch.source)}`,
  destinationType: (branch) => `the destination is ${show(branch.destination)}`,
};

function ports({ sourcePort, destinationPort }: Branch): string {
  return `the source port is ${sourcePort ?? 'not given'}, the destination port ${destinationPort ?? 'not given'}`;
}

function tracked({ tracking }: Branch): string {
  return `the state is ${typeof tracking === 'object' ? tracking.state : tracking === 'untracked' ? 'UNTRACKED' : 'INVALID'}`;
}

function show(address: Address): string {
  return formatAddress(address);
}
