import type { BaseChain, IrChain, IrRule, RulePlace } from '../engine/ir.ts';
import type { Outcome } from '../engine/outcome.ts';
import { isIcmp } from '../engine/packet.ts';
import { printMatch, printTarget } from '../iptables/rule/print.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import type { EffectKind } from '../proof/classes/effect.ts';
import type { NftComparison, Witness } from '../session/nft-comparison.ts';
import { leftOutOf } from './notes.ts';
import { printOutcome, printPacket } from './trace-text.ts';
import { nftDiffWords as en } from './words/en/nft-diff.ts';
import { nftDiffWords as ko } from './words/ko/nft-diff.ts';
import type { Language } from './words/language.ts';
import type { NftDiffWords } from './words/nft-diff.ts';

/** What is told of a comparison of which some rules are of nft, in parts that each format spells. */
export interface ToldNft {
  /** A sentence. */
  readonly headline: string;
  readonly witnesses: readonly ToldWitness[];
  /** Of kinds of changes that are not among them; null: there are no more. */
  readonly furtherKinds: string | null;
  /** What is not the same, and not walked. */
  readonly beside: readonly string[];
  /** How far the rules are proved to do the same; null: they are, or nothing was asked. */
  readonly proved: string | null;
  readonly entries: readonly string[];
  readonly apart: readonly ToldApart[];
  readonly furtherChains: string | null;
}

export interface ToldWitness {
  readonly packet: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly effect: EffectKind;
  readonly rules: Witness['rules'];
}

/** A chain, and from which rules on it is not proved to do the same. */
export interface ToldApart {
  readonly says: string;
  readonly before: string;
  readonly after: string;
  /** Null: the end of the chain. */
  readonly rules: { readonly before: IrRule | null; readonly after: IrRule | null };
}

const most = 20;

const tables: Readonly<Record<Language, NftDiffWords>> = { en, ko };
export const nftDiffTable = (language: Language = 'en'): NftDiffWords => tables[language];

/** `isNamed`: with the family before it. */
export function toldOf(result: NftComparison, isNamed: boolean, language: Language = 'en'): ToldNft {
  const w = tables[language];
  const { witnesses, same, alike, beside } = result;
  const further = witnesses.length - most;
  return {
    headline: headlineOf(result, isNamed, w),
    witnesses: witnesses.slice(0, most).map((one) => toldWitness(one, language)),
    furtherKinds: further > 0 ? w.moreKinds(further) : null,
    ...(same || !alike ? nothingTold : toldChains(alike, w)),
    beside: same ? [] : beside.map(w.beside),
    proved: same || !alike ? null : sayProved(alike, w),
  };
}

function headlineOf(
  { family, only, same, alike, tried, open, witnesses, notes }: NftComparison,
  isNamed: boolean,
  w: NftDiffWords,
): string {
  const others = leftOutOf(notes);
  const asked = only?.map(printPacket).join(', ');
  const count = witnesses.reduce((sum, { alike }) => sum + 1 + alike, 0);
  const verdict = () => {
    if (same) {
      const words = others.length > 0 ? w.ofProxy : w;
      return alike ? words.sameByProof : words.sameText;
    }
    if (witnesses.length === 0)
      return asked === undefined ? w.noneChanges(tried, open) : w.asked.noneChanges(asked, open);
    return asked === undefined ? w.someChange(tried, count, open) : w.asked.someChange(asked);
  };
  const leftOut = others.length > 0 ? [w.othersLeftOut(others.filter(({ alike }) => !alike))] : [];
  return `${isNamed ? `${family}: ` : ''}${[verdict(), ...leftOut].join('; ')}.`;
}

function toldWitness(
  { first, turn, before, after, alike, effect, rules }: Witness,
  language: Language,
): ToldWitness {
  const w = tables[language];
  const packet = `${printPacket(first)}${w.turns[turn]}${alike > 0 ? w.alike(alike) : ''}`;
  return { packet, ...fatesOf(before, after, isIcmp(first.protocol), language), effect, rules };
}

/** Where all else is the same, ports tell the two sides apart. */
function fatesOf(before: readonly Outcome[], after: readonly Outcome[], isPing: boolean, language: Language) {
  const w = tables[language];
  const sayPort = isPing ? w.withId : w.fromPort;
  const plain = (one: Outcome) => printOutcome(one, language);
  const withPort = (one: Outcome) =>
    one.verdict === 'accept' ? sayPort(plain(one), one.left.sourcePort) : plain(one);
  const said = (say: (one: Outcome) => string) =>
    [before, after].map((outcomes) => outcomes.slice(0, most).map(say)) as [string[], string[]];
  const [was, is] = said(plain);
  const [left, right] = was.join('\n') === is.join('\n') ? said(withPort) : [was, is];
  return { before: left, after: right };
}

type Alike = NonNullable<NftComparison['alike']>;
const nothingTold = { entries: [], apart: [], furtherChains: null } as const;

function sayProved({ chains }: Alike, w: NftDiffWords): string {
  return w.proved(chains.filter(({ apart }) => apart === null).length, chains.length);
}

function toldChains({ chains, entries }: Alike, w: NftDiffWords) {
  const apart = chains.filter((pair) => pair.apart !== null);
  const rest = apart.length - most;
  return {
    entries: entries.map(({ hook, left, right }) => w.entries(hook, sayEntry(left, w), sayEntry(right, w))),
    apart: apart.slice(0, most).map(({ left, right, apart: from }): ToldApart => {
      const rules = { before: from?.left ?? null, after: from?.right ?? null };
      const says = w.notProvedFrom(nameOf(left), nameOf(left) === nameOf(right) ? null : nameOf(right));
      return { says, rules, before: sayRule(rules.before, w), after: sayRule(rules.after, w) };
    }),
    furtherChains: rest > 0 ? w.moreChains(rest) : null,
  };
}

export const nameOf = ({ table, name }: IrChain): string => `${table}/${name}`;

export function sayEntry(base: BaseChain | null, w: NftDiffWords): string {
  return base ? w.entry(nameOf(base.chain), base.priority, base.policy.toLowerCase()) : w.noChain;
}

function sayRule(rule: IrRule | null, w: NftDiffWords): string {
  return rule ? w.rule(rule.number, ruleText(rule)) : w.endOfChain;
}

export const ruleText = (rule: RulePlace): string => rule.text ?? printRule(rule.rule);

/** As iptables-save prints it, without the chain. */
function printRule({ matches, target }: Rule): string {
  return `${matches.map(printMatch).join('')}${target ? printTarget(target) : ''}`.trim();
}
