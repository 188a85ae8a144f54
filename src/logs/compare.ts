import type { Matched } from '../engine/branch.ts';
import type { IrChain, IrProgram, RulePlace } from '../engine/ir.ts';
import { chainKey } from '../engine/program.ts';
import type { LoggedPlace, Sight } from './model.ts';
import { isSpelledAlike, nftLogOf } from './nft.ts';

/** Where log and rules part. */
export type Parting =
  /** The dump has no such chain, or no such rule in it. */
  | { readonly kind: 'missing'; readonly sight: Sight; readonly rules: number | null }
  /** By the number of its end, the chain had so many rules. */
  | { readonly kind: 'length'; readonly sight: Sight; readonly logged: number; readonly rules: number }
  /** The line says that the packet matched a rule; by the rules it matches `instead` next, or nothing more. */
  | { readonly kind: 'other'; readonly sight: Sight; readonly instead: Matched | null }
  /** A rule that logs with such a prefix is not on the packet's way. */
  | { readonly kind: 'no-log'; readonly sight: Sight };

export interface Compared {
  /** How many lines agree, before the first that does not. */
  readonly agreed: number;
  readonly parting: Parting | null;
  readonly at: Matched | null;
  readonly next: readonly Matched[];
  /** A line shows another mark than the way has: it was set before the first line. */
  readonly marked: boolean;
}

interface Against {
  readonly program: IrProgram;
  readonly textOf: (place: RulePlace) => string;
}

/** Holds the rules that a packet matches on one of its ways against what lines say; lines may be missing. */
export function compareWay(
  against: Against,
  way: readonly Matched[],
  sights: readonly Sight[],
  late: boolean,
): Compared {
  let position = -1;
  let agreed = 0;
  let marked = false;
  for (const sight of sights) {
    const found = step(against, way, position, late ? { ...sight, mark: null } : sight);
    if (typeof found === 'object')
      return { agreed, parting: found, at: way[position] ?? null, next: [], marked };
    position = found;
    agreed += 1;
    marked ||= late && sight.writer === 'log' && isMarkedOther(way[position], sight);
  }
  return { agreed, parting: null, at: way[position] ?? null, next: way.slice(position + 1), marked };
}

function isMarkedOther(matched: Matched | undefined, { mark }: Sight): boolean {
  return matched !== undefined && mark !== null && mark !== matched.mark;
}

/** The position on the way at which a line is, or why there is none. */
function step(against: Against, way: readonly Matched[], position: number, sight: Sight): number | Parting {
  const { place } = sight;
  if (sight.writer === 'log') return logStep(against, way, position, sight);
  if (!place) return position;
  const chain = against.program.chains.get(chainKey(place.table, place.chain));
  // Built-in chains are there whether a dump shows their table or not.
  if (!chain) return place.kind === 'rule' ? { kind: 'missing', sight, rules: null } : position;
  const rules = chain.rules.length;
  if (place.kind !== 'rule') {
    const isOther = place.number !== null && place.number !== rules + 1;
    return isOther ? { kind: 'length', sight, logged: (place.number as number) - 1, rules } : position;
  }
  if (place.number !== null && place.number > rules) return { kind: 'missing', sight, rules };
  const shown = asSpelled(chain, place);
  const next = way.findIndex((matched, index) => index > position && isIt(against, matched, shown));
  if (next !== -1) return next;
  const isThere = place.number !== null || chain.rules.some((rule) => hasText(against, rule, shown));
  return isThere
    ? { kind: 'other', sight, instead: way[position + 1] ?? null }
    : { kind: 'missing', sight, rules };
}

function isIt(against: Against, { place: matched }: Matched, place: LoggedPlace): boolean {
  if (matched.table !== place.table || matched.chain !== place.chain) return false;
  if (place.number !== null) return matched.number === place.number;
  return hasText(against, matched, place);
}

/** Where nothing of a chain is spelled as the line has it, another version of nft may have printed it. */
function asSpelled({ rules }: IrChain, place: LoggedPlace): LoggedPlace {
  const text = place.nft?.text ?? null;
  if (!place.nft || text === null) return place;
  const isKnown = rules.some((rule) => isSpelledAlike(rule.text ?? '', text));
  return isKnown ? place : { ...place, nft: { ...place.nft, text: null } };
}

function hasText({ textOf }: Against, place: RulePlace, { text, jump, nft }: LoggedPlace): boolean {
  if (text !== null) return textOf(place) === text;
  if (place.language === 'nftables' && nft?.text) return isSpelledAlike(place.text ?? '', nft.text);
  const { target } = place.rule;
  return jump === null ? target?.kind !== 'jump' : target?.kind === 'jump' && target.chain === jump;
}

/** A line of LOG names no rule: its prefix, the mark and the interfaces tell which it is. */
function logStep(
  { program }: Against,
  way: readonly Matched[],
  position: number,
  sight: Sight,
): number | Parting {
  const found = way.findIndex((matched, index) => {
    // TRACE has told of the rule itself before.
    if (index < position || !logsWith(matched.place, sight.prefix)) return false;
    return (sight.mark ?? matched.mark) === matched.mark && fitsHook(matched, sight);
  });
  if (found !== -1) return found;
  // What is logged before the rule is known to match tells of no rule on the way.
  const early = [...program.chains.values()].some(
    ({ language, rules }) =>
      language === 'nftables' && rules.some((rule) => logsWith(rule, sight.prefix) && nftLogOf(rule)?.early),
  );
  return early ? position : { kind: 'no-log', sight };
}

function fitsHook({ hook }: Matched, { in: ingress, out }: Sight): boolean {
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
