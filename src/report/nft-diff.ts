import type { IrRule } from '../engine/ir.ts';
import type { ProgramsAlike } from '../proof/alike/programs.ts';
import type { NftComparison } from '../session/nft-comparison.ts';
import { uniqueData } from '../text/data-key.ts';
import { assumedJson, assumptionLines } from './assumptions.ts';
import { dataJson } from './data-json.ts';
import { nameOf, nftDiffTable, ruleText, sayEntry, type ToldNft, toldOf } from './nft-diff-told.ts';
import { sayNotes } from './notes.ts';
import { outcomeJson } from './trace-json.ts';
import { printPacket } from './trace-text.ts';
import { nftDiffWords as en } from './words/en/nft-diff.ts';
import type { Language } from './words/language.ts';
import type { NftDiffWords } from './words/nft-diff.ts';

/** What a change of rules does of which some are of nft, for people. */
export function printNftDiff(results: readonly NftComparison[], language: Language = 'en'): string {
  return [
    ...results.flatMap((result) => printOne(toldOf(result, results.length > 1, language), language)),
    ...footOf(results, language),
    '',
  ].join('\n');
}

/** What was assumed, and notes: a line for each. */
export function footOf(results: readonly NftComparison[], language: Language = 'en'): readonly string[] {
  return [
    ...assumptionLines(
      results.flatMap((result) => result.assumed),
      language,
    ),
    ...sayNotes(uniqueData(results.flatMap(({ notes }) => notes)), language).map(
      (note) => `${nftDiffTable(language).note}: ${note}.`,
    ),
  ];
}

/** A line for each family. */
export function sayNftDiff(results: readonly NftComparison[], language: Language = 'en'): string {
  return results.map((result) => toldOf(result, results.length > 1, language).headline).join('\n');
}

function printOne(told: ToldNft, language: Language): string[] {
  const w = nftDiffTable(language);
  const { headline, witnesses, furtherKinds, beside, proved, entries, apart, furtherChains } = told;
  return [
    headline,
    ...(witnesses.length > 0 ? [''] : []),
    ...witnesses.flatMap(({ packet, before, after }) => [
      packet,
      ...printFate(w.before, before, w),
      ...printFate(w.after, after, w),
      '',
    ]),
    ...(furtherKinds === null ? [] : [furtherKinds, '']),
    ...beside,
    ...(proved === null ? [] : [proved]),
    ...entries.map((entry) => `  ${entry}`),
    ...apart.flatMap(({ says, before, after }) => [
      `  ${says}`,
      `    ${w.before}  ${before}`,
      `    ${w.after}  ${after}`,
    ]),
    ...(furtherChains === null ? [] : [`  ${furtherChains}`]),
  ];
}

function printFate(when: string, [first, ...others]: readonly string[], { or }: NftDiffWords): string[] {
  return [`  ${when}  ${first}`, ...others.map((other) => `   ${or} ${other}`)];
}

/** The same for programs: `{"families": [{"family", "same", "tried", "open", "witnesses": [{"packet", "turn", "effect", "before", "after", "alike"}], "beside",
 * "chains": [{"before", "after", "same", "from"}], "entries": [{"hook", "before", "after"}], "assumed", "assumptions", "notes", "noted"}]}`. `turn`: which packet changes
 * fate of the conversation that `packet` begins: `first`, `again`, `answer`, `later`, or the first of `another` flow. `chains` and `entries`: what was proved of rules that
 * are not the same text; `from`: the rules from which on it was not. */
export function printNftDiffJson(results: readonly NftComparison[]): string {
  const families = results.map(
    ({ before: _before, after: _after, text: _text, witnesses, alike, assumed, notes, only, ...result }) => ({
      ...result,
      ...(only && { only: only.map(printPacket) }),
      ...assumedJson(assumed),
      ...(alike && alikeJson(alike)),
      notes: sayNotes(notes),
      noted: notes.map(dataJson),
      witnesses: witnesses.map(({ first, turn, effect, before, after, alike }) => ({
        packet: printPacket(first),
        turn,
        effect,
        before: before.map(outcomeJson),
        after: after.map(outcomeJson),
        alike,
      })),
    }),
  );
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
  return rule && { number: rule.number, rule: ruleText(rule) };
}
