import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Matched } from '../engine/branch.ts';
import type { Instruction, IrChain, IrProgram, IrRule, RulePlace } from '../engine/ir.ts';
import type { Passage } from '../engine/passage.ts';
import { chainKey } from '../engine/program.ts';
import type { LoggedPlace, LoggedVerdict, Sight } from './model.ts';
import { nftLogOf } from './nft.ts';
import type { NftTexts } from './nft-text.ts';

/** Where log and rules part. */
export type Parting =
  /** The dump has no such chain, or no such rule in it. */
  | { readonly kind: 'missing'; readonly sight: Sight; readonly rules: number | null }
  /** By the number of its end, the chain had so many rules. */
  | { readonly kind: 'length'; readonly sight: Sight; readonly logged: number; readonly rules: number }
  /**
   * The line says that the packet matched a rule, or came to the end of a chain; by the rules it does not, and matches `instead`
   * next, or nothing more.
   */
  | { readonly kind: 'other' | 'end'; readonly sight: Sight; readonly instead: Matched | null }
  /** A rule that logs with such a prefix is not on the packet's way. */
  | { readonly kind: 'no-log'; readonly sight: Sight }
  /** They name the same place, and tell otherwise what is there. */
  | ({ readonly sight: Sight } & Difference);

/** What a line tells of a place, and what the rules answer. */
export type Difference =
  /** How the rule ends, or what the chain's policy is: `jump X`. */
  | { readonly kind: 'verdict' | 'policy'; readonly logged: string; readonly own: string }
  | { readonly kind: 'mark'; readonly logged: number; readonly own: number }
  /** Where the packet goes by then, `address:port`. */
  | { readonly kind: 'destination'; readonly logged: string; readonly own: string };

export interface Compared {
  /** How many lines agree, before the first that does not. */
  readonly agreed: number;
  readonly parting: Parting | null;
  readonly at: Matched | null;
  readonly next: readonly Matched[];
  /** A line shows another mark than the way has: it was set before the first line. */
  readonly marked: boolean;
}

/** The rules that lines are held against. */
export interface Against {
  readonly program: IrProgram;
  readonly textOf: (place: RulePlace) => string;
  readonly nft: NftTexts;
}

/** What of a line is held against the rules. */
export interface Held {
  /** A mark that is there may have been set by no rule that is walked: before the first line, or by who sent it. */
  readonly marks: boolean;
  /** Where the packet goes, which hangs on the translation of its flow. */
  readonly destinations: boolean;
}

/** Holds the places on one of a packet's ways against what lines say; lines may be missing. */
export function compareWay(
  against: Against,
  way: readonly Passage[],
  sights: readonly Sight[],
  held: Held,
): Compared {
  let position = -1;
  let at: Matched | null = null;
  let agreed = 0;
  let marked = false;
  for (const sight of sights) {
    const found = step({ against, way, held }, position, sight);
    if (typeof found === 'object') return { agreed, parting: found, at, next: [], marked };
    position = found;
    agreed += 1;
    const passage = way[position];
    if (passage?.rule && sight.place?.kind !== 'policy' && sight.place?.kind !== 'return')
      at = passage.matched;
    marked ||= !held.marks && passage !== undefined && isMarkedOther(way, position, sight);
  }
  return { agreed, parting: null, at, next: matchedFrom(way, position + 1), marked };
}

function matchedFrom(way: readonly Passage[], position: number): readonly Matched[] {
  return way.slice(position).flatMap(({ rule, matched }) => (rule && matched ? [matched] : []));
}

interface OnWay {
  readonly against: Against;
  readonly way: readonly Passage[];
  readonly held: Held;
}

/** The position on the way at which a line is, or why there is none. */
function step(on: OnWay, position: number, sight: Sight): number | Parting {
  const { place } = sight;
  if (sight.writer === 'log') return logStep(on, position, sight);
  if (!place) return position;
  const chain = on.against.program.chains.get(chainKey(place.table, place.chain));
  // Built-in chains are there whether a dump shows their table or not.
  if (!chain) return place.kind === 'rule' ? { kind: 'missing', sight, rules: null } : position;
  return place.kind === 'rule' ? ruleStep(on, position, sight, chain) : endStep(on, position, sight, chain);
}

function endStep({ way, held }: OnWay, position: number, sight: Sight, { table, name, rules }: IrChain) {
  const { number } = sight.place as LoggedPlace;
  if (number !== null && number !== rules.length + 1)
    return { kind: 'length', sight, logged: number - 1, rules: rules.length } as const;
  const candidates = after(way, position, (one) => !one.rule && one.table === table && one.chain === name);
  return candidates.length > 0
    ? chosen(way, candidates, sight, held)
    : ({ kind: 'end', sight, instead: nextIn(way, position) } as const);
}

function ruleStep({ against, way, held }: OnWay, position: number, sight: Sight, chain: IrChain) {
  const place = sight.place as LoggedPlace;
  const rules = chain.rules.length;
  if (place.number !== null && place.number > rules) return { kind: 'missing', sight, rules } as const;
  const isIt = ({ rule, table, chain: own }: Passage) =>
    rule !== null && table === chain.table && own === chain.name && isNamed(against, rule, place);
  const candidates = after(way, position, isIt);
  if (candidates.length > 0) return chosen(way, candidates, sight, held);
  return chain.rules.some((rule) => isNamed(against, rule, place))
    ? ({ kind: 'other', sight, instead: nextIn(way, position) } as const)
    : ({ kind: 'missing', sight, rules } as const);
}

function nextIn(way: readonly Passage[], position: number): Matched | null {
  return matchedFrom(way, position + 1)[0] ?? null;
}

function after(
  way: readonly Passage[],
  position: number,
  isIt: (passage: Passage) => boolean,
): readonly number[] {
  return way.flatMap((passage, index) => (index > position && isIt(passage) ? [index] : []));
}

/** The first place at which all is as the line tells it; where none is, how the first one differs. */
function chosen(
  way: readonly Passage[],
  candidates: readonly number[],
  sight: Sight,
  held: Held,
): number | Parting {
  const differences = candidates.map((index) => differenceAt(way, index, sight, held));
  const fitting = differences.indexOf(null);
  return fitting === -1 ? { sight, ...(differences[0] as Difference) } : (candidates[fitting] as number);
}

/** A place that the packet passes perhaps, it passes as the line tells. */
function differenceAt(way: readonly Passage[], index: number, sight: Sight, held: Held): Difference | null {
  const { how, rule, policy, header, perhaps } = way[index] as Passage;
  const { place, packet } = sight;
  if (perhaps) return null;
  const verdict = rule ? verdictOf(how) : policy && spelledPolicy(policy);
  const logged = place?.verdict && spelled(place.verdict, place.jump);
  if (logged && verdict && logged !== verdict)
    return { kind: rule ? 'verdict' : 'policy', logged, own: verdict };
  const mark = markAt(way, index, sight);
  if (held.marks && sight.mark !== null && mark !== null && mark !== sight.mark)
    return { kind: 'mark', logged: sight.mark, own: mark };
  const { destination, destinationPort } = header;
  const isThere =
    destination === packet.destination &&
    (destinationPort ?? packet.destinationPort) === (packet.destinationPort ?? destinationPort);
  return isThere || !held.destinations
    ? null
    : {
        kind: 'destination',
        logged: spelledEnd(packet.destination, packet.destinationPort),
        own: spelledEnd(destination, destinationPort),
      };
}

function spelledEnd(address: Sight['packet']['destination'], port: number | null): string {
  return port === null ? formatAddress(address) : formatEndpoint(address, port);
}

function spelled(verdict: LoggedVerdict, chain: string | null): string {
  return chain === null ? verdict : `${verdict} ${chain}`;
}

const spelledPolicy = (policy: NonNullable<Passage['policy']>) => policy.toLowerCase();

/** As the kernel's trace tells how a rule ended. Null: that is not known. */
function verdictOf(how: Instruction | null): string | null {
  switch (how?.do) {
    case undefined:
      return 'continue';
    case 'jump':
    case 'goto':
      return `${how.do} ${how.chain.name}`;
    case 'accept':
    case 'nat':
    case 'masquerade':
    case 'redirect':
    case 'netmap':
      return 'accept';
    case 'drop':
    case 'reject':
      return 'drop';
    case 'return':
      return 'return';
    default:
      return null;
  }
}

/** Lines of TRACE stand before what their rule does, those of monitors behind it. */
function markAt(way: readonly Passage[], index: number, { place }: Sight): number | null {
  const passage = way[index] as Passage;
  const isBefore = place?.kind === 'rule' && place.number !== null;
  if (!isBefore) return passage.mark;
  const before = way[index - 1];
  return before ? before.mark : 0;
}

function isMarkedOther(way: readonly Passage[], index: number, sight: Sight): boolean {
  const own = sight.writer === 'log' ? (way[index] as Passage).mark : markAt(way, index, sight);
  return sight.mark !== null && own !== null && sight.mark !== own;
}

/** Whether a line that tells a rule of a chain tells this one of its rules. */
export function isNamed({ textOf, nft: texts }: Against, rule: IrRule, place: LoggedPlace): boolean {
  const { number, text, jump, nft, table } = place;
  if (number !== null) return rule.number === number;
  if (text !== null) return textOf(rule) === text;
  if (nft?.text) {
    const family = nft.family;
    const isIt = texts.isOf({ text: nft.text, family }, rule);
    if (isIt !== null) return isIt;
  }
  if (rule.language === 'nftables' && table !== rule.table) return false;
  const { target } = rule.rule;
  return jump === null ? target?.kind !== 'jump' : target?.kind === 'jump' && target.chain === jump;
}

/** A line of LOG names no rule: its prefix, the mark and the interfaces tell which it is. */
function logStep({ against, way, held }: OnWay, position: number, sight: Sight): number | Parting {
  const found = way.findIndex((passage, index) => {
    // TRACE has told of the rule itself before.
    if (index < position || !passage.rule || !logsWith(passage.rule, sight.prefix)) return false;
    const isMarked = held.marks && sight.mark !== null && passage.mark !== null;
    return (!isMarked || sight.mark === passage.mark) && fitsHook(passage, sight);
  });
  if (found !== -1) return found;
  // What is logged before the rule is known to match tells of no rule on the way.
  const early = [...against.program.chains.values()].some(
    ({ language, rules }) =>
      language === 'nftables' && rules.some((rule) => logsWith(rule, sight.prefix) && nftLogOf(rule)?.early),
  );
  return early ? position : { kind: 'no-log', sight };
}

function fitsHook({ hook }: Passage, { in: ingress, out }: Sight): boolean {
  if (hook === 'PREROUTING' || hook === 'INPUT') return out === null;
  if (hook === 'OUTPUT') return ingress === null;
  return out !== null;
}

/** Whether a rule logs what has such a prefix. */
export function logsWith(place: RulePlace | undefined, prefix: string | null): boolean {
  const nft = place && nftLogOf(place);
  if (nft) return (prefix ?? '').endsWith(nft.prefix);
  const rule = place?.rule;
  return rule?.target?.kind === 'log' && (prefix ?? '').endsWith(prefixOf(rule.target.words));
}

/** Of LOG's options, as they are printed: with quotation marks where the prefix holds blanks. */
function prefixOf(words: readonly string[]): string {
  const found = /--log-prefix (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(words.join(' '));
  return found?.[1]?.replace(/\\(.)/g, '$1') ?? found?.[2] ?? '';
}
