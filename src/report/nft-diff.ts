import type { BaseChain, IrChain, IrRule } from '../engine/ir.ts';
import type { Outcome } from '../engine/outcome.ts';
import { printMatch, printTarget } from '../iptables/rule/print.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import type { ProgramsAlike } from '../proof/alike/programs.ts';
import type { NftComparison, Witness } from '../session/nft-comparison.ts';
import { uniqueData } from '../text/data-key.ts';
import { assumedJson, assumptionLines } from './assumptions.ts';
import { dataJson } from './data-json.ts';
import { leftOutOf, sayNotes } from './notes.ts';
import { outcomeJson } from './trace-json.ts';
import { printOutcome, printPacket } from './trace-text.ts';
import { nftDiffWords as en } from './words/en/nft-diff.ts';
import { nftDiffWords as ko } from './words/ko/nft-diff.ts';
import type { Language } from './words/language.ts';
import type { NftDiffWords } from './words/nft-diff.ts';

const mostWitnesses = 20;

const tables: Readonly<Record<Language, NftDiffWords>> = { en, ko };

/** What a change of rules does of which some are of nft, for people. */
export function printNftDiff(results: readonly NftComparison[], language: Language = 'en'): string {
  return [
    ...results.flatMap((result) => printOne(result, results.length > 1, language)),
    ...assumptionLines(
      results.flatMap((result) => result.assumed),
      language,
    ),
    ...sayNotes(uniqueData(results.flatMap(({ notes }) => notes)), language).map(
      (note) => `${tables[language].note}: ${note}.`,
    ),
    '',
  ].join('\n');
}

/** A line for each family. */
export function sayNftDiff(results: readonly NftComparison[], language: Language = 'en'): string {
  return results.map((result) => printOne(result, results.length > 1, language)[0]).join('\n');
}

function printOne(
  { family, only, same, alike, beside, tried, open, witnesses, notes }: NftComparison,
  isNamed: boolean,
  language: Language,
): string[] {
  const w = tables[language];
  const others = leftOutOf(notes);
  const headline = (verdict: string) =>
    `${isNamed ? `${family}: ` : ''}${[verdict, ...others.map(({ side, places }) => w.othersLeftOut([{ side, places }]))].join('; ')}.`;
  if (same) {
    const words = others.length > 0 ? w.ofProxy : w;
    return [headline(alike ? words.sameByProof : words.sameText)];
  }
  const rest = [...beside.map(w.beside), ...printAlike(alike, w)];
  const asked = only?.map(printPacket).join(', ');
  if (witnesses.length === 0) {
    const none = asked === undefined ? w.noneChanges(tried, open) : w.asked.noneChanges(asked, open);
    return [headline(none), ...rest];
  }
  const count = witnesses.reduce((sum, { alike }) => sum + 1 + alike, 0);
  const more = witnesses.length - mostWitnesses;
  return [
    headline(asked === undefined ? w.someChange(tried, count, open) : w.asked.someChange(asked)),
    '',
    ...witnesses.slice(0, mostWitnesses).flatMap((witness) => printWitness(witness, language)),
    ...(more > 0 ? [w.moreKinds(more), ''] : []),
    ...rest,
  ];
}

/** What is proved of chains, and from which rule on another one is not. */
function printAlike(alike: ProgramsAlike | null, w: NftDiffWords): string[] {
  if (!alike) return [];
  const { chains, entries } = alike;
  const apart = chains.filter((pair) => pair.apart !== null);
  const rest = apart.length - mostWitnesses;
  return [
    w.proved(chains.length - apart.length, chains.length),
    ...entries.map(({ hook, left, right }) => `  ${w.entries(hook, sayEntry(left, w), sayEntry(right, w))}`),
    ...apart
      .slice(0, mostWitnesses)
      .flatMap(({ left, right, apart: from }) => [
        `  ${w.notProvedFrom(nameOf(left), nameOf(left) === nameOf(right) ? null : nameOf(right))}`,
        `    ${w.before}  ${sayRule(from?.left ?? null, w)}`,
        `    ${w.after}  ${sayRule(from?.right ?? null, w)}`,
      ]),
    ...(rest > 0 ? [`  ${w.moreChains(rest)}`] : []),
  ];
}

const nameOf = ({ table, name }: IrChain): string => `${table}/${name}`;

function sayEntry(base: BaseChain | null, w: NftDiffWords): string {
  return base ? w.entry(nameOf(base.chain), base.priority, base.policy.toLowerCase()) : w.noChain;
}

function sayRule(rule: IrRule | null, w: NftDiffWords): string {
  return rule ? w.rule(rule.number, rule.text ?? printRule(rule.rule)) : w.endOfChain;
}

/** As iptables-save prints it, without the chain. */
function printRule({ matches, target }: Rule): string {
  return `${matches.map(printMatch).join('')}${target ? printTarget(target) : ''}`.trim();
}

function printWitness({ first, turn, before, after, alike }: Witness, language: Language): string[] {
  const w = tables[language];
  return [
    `${printPacket(first)}${w.turns[turn]}${alike > 0 ? w.alike(alike) : ''}`,
    ...printFate(w.before, before, language),
    ...printFate(w.after, after, language),
    '',
  ];
}

function printFate(when: string, outcomes: readonly Outcome[], language: Language): string[] {
  const { or } = tables[language];
  const [first, ...others] = outcomes.slice(0, mostWitnesses).map((one) => printOutcome(one, language));
  return [`  ${when}  ${first}`, ...others.map((other) => `   ${or} ${other}`)];
}

/** The same for programs: `{"families": [{"family", "same", "tried", "open", "witnesses": [{"packet", "turn", "before", "after", "alike"}], "beside", "chains": [{"before",
 * "after", "same", "from"}], "entries": [{"hook", "before", "after"}], "assumed", "assumptions", "notes", "noted"}]}`. `turn`: which packet changes fate of the
 * conversation that `packet` begins: `first`, `again`, `answer`, `later`, or the first of `another` flow. `chains` and `entries`: what was proved of rules that are not
 * the same text; `from`: the rules from which on it was not. */
export function printNftDiffJson(results: readonly NftComparison[]): string {
  const families = results.map(({ witnesses, alike, assumed, notes, only, ...result }) => ({
    ...result,
    ...(only && { only: only.map(printPacket) }),
    ...assumedJson(assumed),
    ...(alike && alikeJson(alike)),
    notes: sayNotes(notes),
    noted: notes.map(dataJson),
    witnesses: witnesses.map(({ first, turn, before, after, alike }) => ({
      packet: printPacket(first),
      turn,
      before: before.map(outcomeJson),
      after: after.map(outcomeJson),
      alike,
    })),
  }));
  return `${JSON.stringify({ families }, null, 1)}\n`;
}

function alikeJson({ chains, entries }: ProgramsAlike) {
  return {
    chains: chains.map(({ left, right, apart }) => ({
      before: nameOf(left),
      after: nameOf(right),
      same: apart === null,
      ...(apart && { from: { before: ruleJson(apart.left), after: ruleJson(apart.right) } }),
    })),
    entries: entries.map(({ hook, left, right }) => ({
      hook,
      before: left && sayEntry(left, en),
      after: right && sayEntry(right, en),
    })),
  };
}

function ruleJson(rule: IrRule | null) {
  return rule && { number: rule.number, rule: rule.text ?? printRule(rule.rule) };
}
