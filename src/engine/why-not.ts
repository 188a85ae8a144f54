import type { Address } from '../address/address.ts';
import type { Host } from '../host/model.ts';
import type { Match, MatchKind } from '../iptables/rule/match.ts';
import { uniqueData } from '../text/data-key.ts';
import type { Branch } from './branch.ts';
import type { FieldName } from './fields.ts';
import type { Guide } from './guide.ts';
import type { Condition, Instruction, IrProgram } from './ir.ts';
import { emptyMemory } from './memory.ts';
import type { Packet } from './packet.ts';
import { chainKey, type ProgramChain, type ProgramRule } from './program.ts';
import type { Reason } from './reasons.ts';
import { findOrigin, ingressOf } from './trace.ts';
import { isQuestion, isSplit, type Truth } from './truth.ts';
import { Walk } from './walk.ts';

/** What became of one rule on a packet's ways. */
export type Fate =
  | { readonly kind: 'matched' | 'by-chance' }
  /** The first match that did not hold, and what it found instead; nothing of a kind that no words show. */
  | { readonly kind: 'failed'; readonly match: TriedMatch; readonly found: readonly Seen[] }
  | { readonly kind: 'unknown'; readonly match: TriedMatch; readonly reason: Reason }
  /** The chain was entered, but an earlier rule led the packet away. */
  | { readonly kind: 'not-reached'; readonly left: ProgramRule | null }
  /** The chain was not entered: some of the rules that lead to it, with their own fates. */
  | {
      readonly kind: 'not-entered';
      readonly callers: readonly { readonly rule: ProgramRule; readonly fate: Fate }[];
    }
  /** The chain was not entered, and what leads there is too far from the question. */
  | { readonly kind: 'too-far' };

/** In the model of iptables; a statement of nft as it is printed. */
export type TriedMatch = Match | string;

/** What a packet shows at a match. */
export type Seen =
  | { readonly code: 'source' | 'destination' | 'not-listed'; readonly address: Address }
  /** Empty: it has none, or none yet. */
  | { readonly code: 'in' | 'out'; readonly interface: string }
  | { readonly code: 'protocol'; readonly number: number }
  | { readonly code: 'ports'; readonly source: number | null; readonly destination: number | null }
  | { readonly code: 'mark'; readonly mark: number }
  /** As iptables calls it. */
  | { readonly code: 'state'; readonly state: string };

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
    else if (isQuestion(truth)) this.fates.set(rule, { kind: 'unknown', match, reason: truth.reason });
    else {
      const found =
        typeof match === 'string' ? seenIn(instruction, branch) : (subjects[match.kind]?.(branch) ?? []);
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
const subjects: Partial<Record<MatchKind, (branch: Branch) => readonly Seen[]>> = {
  source: one(source),
  destination: one(destination),
  'in-interface': one(arrival),
  'out-interface': one(departure),
  protocol: one(protocol),
  tcp: one(ports),
  udp: one(ports),
  sctp: one(ports),
  multiport: one(ports),
  mark: one(mark),
  conntrack: one(state),
  state: one(state),
  addrtype: (branch) => [source(branch), destination(branch)],
  recent: (branch) => [{ code: 'not-listed', address: branch.source }],
};

function one(see: (branch: Branch) => Seen): (branch: Branch) => readonly Seen[] {
  return (branch) => [see(branch)];
}

/** The same of the fields that an instruction asks. */
function seenIn(instruction: Instruction, branch: Branch): readonly Seen[] {
  const asked =
    instruction.do === 'test'
      ? fieldsIn(instruction.condition)
      : instruction.do === 'lookup'
        ? instruction.fields.map(({ field }) => field)
        : [];
  return uniqueData(asked.flatMap((field) => seen[field]?.(branch) ?? []));
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
const seen: Partial<Record<FieldName, (branch: Branch) => Seen>> = {
  source,
  destination,
  sourcePort: ports,
  destinationPort: ports,
  protocol,
  in: arrival,
  out: departure,
  mark,
  ctState: state,
  sourceType: source,
  destinationType: destination,
};

function source(branch: Branch): Seen {
  return { code: 'source', address: branch.source };
}

function destination(branch: Branch): Seen {
  return { code: 'destination', address: branch.destination };
}

function arrival(branch: Branch): Seen {
  return { code: 'in', interface: branch.in ?? '' };
}

function departure(branch: Branch): Seen {
  return { code: 'out', interface: branch.out ?? '' };
}

function protocol(branch: Branch): Seen {
  return { code: 'protocol', number: branch.protocol };
}

function ports({ sourcePort, destinationPort }: Branch): Seen {
  return { code: 'ports', source: sourcePort, destination: destinationPort };
}

function mark(branch: Branch): Seen {
  return { code: 'mark', mark: branch.mark };
}

function state({ tracking }: Branch): Seen {
  const known =
    typeof tracking === 'object' ? tracking.state : tracking === 'untracked' ? 'UNTRACKED' : 'INVALID';
  return { code: 'state', state: known };
}
