import type { Outcome } from '../engine/outcome.ts';
import type { NftComparison, Witness } from '../session/nft-comparison.ts';
import { outcomeJson } from './trace-json.ts';
import { printOutcome, printPacket } from './trace-text.ts';

const mostWitnesses = 20;

/** What a change of rules does of which some are of nft, for people. */
export function printNftDiff(results: readonly NftComparison[]): string {
  const assumed = [...new Set(results.flatMap((result) => result.assumed))];
  return [
    ...results.flatMap((result) => printOne(result, results.length > 1)),
    ...(assumed.length > 0 ? [`Taken for granted: ${assumed.join('; ')}.`] : []),
    '',
  ].join('\n');
}

/** A line for each family. */
export function sayNftDiff(results: readonly NftComparison[]): string {
  return results.map((result) => printOne(result, results.length > 1)[0]).join('\n');
}

function printOne({ family, same, tried, open, witnesses }: NftComparison, isNamed: boolean): string[] {
  const head = isNamed ? `${family}: ` : '';
  if (same) return [`${head}The rules are the same: no packet changes fate.`];
  const unknown = open > 0 ? `; of ${open} it cannot be told` : '';
  if (witnesses.length === 0)
    return [
      `${head}The rules differ. ${tried} packets were tried, and none changes fate${unknown}. That is no proof.`,
    ];
  const count = witnesses.reduce((sum, { alike }) => sum + 1 + alike, 0);
  const rest = witnesses.length - mostWitnesses;
  return [
    `${head}The rules differ. Of ${tried} packets that were tried, ${count} change fate${unknown}. Nothing is said of others.`,
    '',
    ...witnesses.slice(0, mostWitnesses).flatMap(printWitness),
    ...(rest > 0 ? [`… and ${rest} more kinds of changes`, ''] : []),
  ];
}

function printWitness({ packet, before, after, alike }: Witness): string[] {
  return [
    `${printPacket(packet)}${alike > 0 ? `, and ${alike} like it` : ''}`,
    ...printFate('before', before),
    ...printFate('after', after),
    '',
  ];
}

function printFate(when: string, outcomes: readonly Outcome[]): string[] {
  const [first, ...others] = outcomes.slice(0, mostWitnesses).map(printOutcome);
  return [`  ${when.padEnd(6)}  ${first}`, ...others.map((other) => `       or ${other}`)];
}

/** The same for programs: `{"families": [{"family", "same", "tried", "open", "witnesses": [{"packet", "before", "after", "alike"}], "assumed"}]}`. */
export function printNftDiffJson(results: readonly NftComparison[]): string {
  const families = results.map(({ witnesses, ...result }) => ({
    ...result,
    witnesses: witnesses.map(({ packet, before, after, alike }) => ({
      packet: printPacket(packet),
      before: before.map(outcomeJson),
      after: after.map(outcomeJson),
      alike,
    })),
  }));
  return `${JSON.stringify({ families }, null, 1)}\n`;
}
