import type { BaseChain, IrChain, IrRule } from '../engine/ir.ts';
import type { Outcome } from '../engine/outcome.ts';
import { printMatch, printTarget } from '../iptables/rule/print.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import type { ProgramsAlike } from '../proof/alike/programs.ts';
import type { NftComparison, Witness } from '../session/nft-comparison.ts';
import { assumedJson, assumptionLines } from './assumptions.ts';
import { outcomeJson } from './trace-json.ts';
import { printOutcome, printPacket } from './trace-text.ts';

const mostWitnesses = 20;

/** What a change of rules does of which some are of nft, for people. */
export function printNftDiff(results: readonly NftComparison[]): string {
  return [
    ...results.flatMap((result) => printOne(result, results.length > 1)),
    ...assumptionLines(results.flatMap((result) => result.assumed)),
    '',
  ].join('\n');
}

/** A line for each family. */
export function sayNftDiff(results: readonly NftComparison[]): string {
  return results.map((result) => printOne(result, results.length > 1)[0]).join('\n');
}

function printOne(
  { family, same, alike, beside, tried, open, witnesses }: NftComparison,
  isNamed: boolean,
): string[] {
  const head = isNamed ? `${family}: ` : '';
  if (same)
    return [
      alike
        ? `${head}The rules are written otherwise, and each is proved to do the same: no packet changes fate.`
        : `${head}The rules are the same: no packet changes fate.`,
    ];
  const unknown = open > 0 ? `; of ${open} it cannot be told` : '';
  if (witnesses.length === 0)
    return [
      `${head}The rules differ. ${tried} packets were tried, and none changes fate${unknown}. That is no proof.`,
      ...beside.map(sayBeside),
      ...printAlike(alike),
    ];
  const count = witnesses.reduce((sum, { alike }) => sum + 1 + alike, 0);
  const rest = witnesses.length - mostWitnesses;
  return [
    `${head}The rules differ. Of ${tried} packets that were tried, ${count} change fate${unknown}. Nothing is said of others.`,
    '',
    ...witnesses.slice(0, mostWitnesses).flatMap(printWitness),
    ...(rest > 0 ? [`… and ${rest} more kinds of changes`, ''] : []),
    ...beside.map(sayBeside),
    ...printAlike(alike),
  ];
}

const sayBeside = (table: string) =>
  `Not the same before and after, and not walked: table ${table}, which may stop what packets need to get anywhere.`;

/** What is proved of chains, and from which rule on another one is not. */
function printAlike(alike: ProgramsAlike | null): string[] {
  if (!alike) return [];
  const { chains, entries } = alike;
  const apart = chains.filter((pair) => pair.apart !== null);
  const rest = apart.length - mostWitnesses;
  return [
    `Rule by rule, ${chains.length - apart.length} of ${chains.length} chains that are entered or called alike are proved to do the same.`,
    ...entries.map(
      ({ hook, left, right }) => `  ${hook}: before ${sayEntry(left)}, after ${sayEntry(right)}`,
    ),
    ...apart
      .slice(0, mostWitnesses)
      .flatMap(({ left, right, apart: from }) => [
        `  ${nameOf(left)}${nameOf(left) === nameOf(right) ? '' : `, after ${nameOf(right)}`}, from here on not proved:`,
        `    before  ${sayRule(from?.left ?? null)}`,
        `    after   ${sayRule(from?.right ?? null)}`,
      ]),
    ...(rest > 0 ? [`  … and ${rest} more chains`] : []),
  ];
}

const nameOf = ({ table, name }: IrChain): string => `${table}/${name}`;

function sayEntry(base: BaseChain | null): string {
  if (!base) return 'no chain';
  return `${nameOf(base.chain)} at priority ${base.priority}, policy ${base.policy.toLowerCase()}`;
}

function sayRule(rule: IrRule | null): string {
  return rule ? `rule ${rule.number}: ${rule.text ?? printRule(rule.rule)}` : 'the end of the chain';
}

/** As iptables-save prints it, without the chain. */
function printRule({ matches, target }: Rule): string {
  return `${matches.map(printMatch).join('')}${target ? printTarget(target) : ''}`.trim();
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

/** The same for programs: `{"families": [{"family", "same", "tried", "open", "witnesses": [{"packet", "before", "after", "alike"}], "beside", "chains": [{"before",
 * "after", "same", "from"}], "entries": [{"hook", "before", "after"}], "assumed", "assumptions"}]}`. `chains` and `entries`: what was proved of rules that are not
 * the same text; `from`: the rules from which on it was not. */
export function printNftDiffJson(results: readonly NftComparison[]): string {
  const families = results.map(({ witnesses, alike, assumed, ...result }) => ({
    ...result,
    ...assumedJson(assumed),
    ...(alike && alikeJson(alike)),
    witnesses: witnesses.map(({ packet, before, after, alike }) => ({
      packet: printPacket(packet),
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
      before: left && sayEntry(left),
      after: right && sayEntry(right),
    })),
  };
}

function ruleJson(rule: IrRule | null) {
  return rule && { number: rule.number, rule: rule.text ?? printRule(rule.rule) };
}
