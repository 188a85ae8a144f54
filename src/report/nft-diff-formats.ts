import type { RulePlace } from '../engine/ir.ts';
import type { EffectKind } from '../proof/classes/effect.ts';
import type { NftComparison } from '../session/nft-comparison.ts';
import type { NodeProgram } from '../session/program.ts';
import { hunkHead } from './diff-class.ts';
import { familyNames } from './diff-families.ts';
import { diffLog, unprovedId } from './diff-sarif.ts';
import { annotation } from './github.ts';
import { code, plain, severityMarks } from './markdown.ts';
import { footOf, printNftDiff, printNftDiffJson } from './nft-diff.ts';
import {
  nftDiffTable,
  ruleText,
  type ToldApart,
  type ToldNft,
  type ToldWitness,
  toldOf,
} from './nft-diff-told.ts';
import { NodeTexts } from './node-texts.ts';
import { sarifPlace } from './sarif.ts';
import { diffTables } from './words/diff-tables.ts';
import { effectKindWords } from './words/en/effect-kinds.ts';
import type { Language } from './words/language.ts';

/** How a comparison is told of which some rules are of nft. */
export interface NftDiffView {
  /** Of the sides, as the user named them. */
  readonly names: readonly [before: string, after: string];
  /** Whether the sides are files, in which rules have their lines. */
  readonly areFiles: boolean;
  readonly language?: Language | undefined;
}

type Print = (results: readonly NftComparison[], view: NftDiffView) => string;

/** The same formats as those of rules of iptables alone. */
export const nftDiffFormats = {
  text: (results, { language }) => printNftDiff(results, language),
  markdown: printMarkdown,
  json: (results) => printNftDiffJson(results),
  sarif: (results, view) => diffLog(results.flatMap((one) => resultsOf(one, view))),
  github: (results, view) => [...new Set(results.flatMap((one) => annotationsOf(one, view)))].join(''),
  unified: printUnified,
} as const satisfies Readonly<Record<string, Print>>;

const severities: Readonly<Record<EffectKind, keyof typeof severityMarks>> = {
  exposure: 'high',
  loss: 'high',
  'source-ip': 'medium',
  endpoints: 'medium',
  shares: 'medium',
  affinity: 'medium',
  delivery: 'medium',
  header: 'low',
  state: 'low',
};
const levels = { high: 'error', medium: 'warning', low: 'note' } as const;

/** Characters of the rules in a comment of GitHub, which holds 65,536. */
const roomForRules = 16_000;

/** A review comment: the verdict and the packets in view, the rules folded. */
function printMarkdown(results: readonly NftComparison[], { names, language = 'en' }: NftDiffView): string {
  const isNamed = results.length > 1;
  const blocks = results.flatMap((result) => [
    ...(isNamed ? [`## ${familyNames[result.family]}`] : []),
    ...familyBlocks(toldOf(result, false, language), names, language),
  ]);
  const [first] = results;
  const rules = results.every(hasTextOf(first))
    ? first
      ? foldedRules([first], language)
      : []
    : foldedRules(results, language);
  const foot = footOf(results, language).map(plain).join('  \n');
  return `${[...blocks, ...rules, ...(foot === '' ? [] : [foot])].join('\n\n')}\n`;
}

function familyBlocks(told: ToldNft, [before, after]: NftDiffView['names'], language: Language): string[] {
  const { headline, witnesses, furtherKinds, beside, proved, entries, apart, furtherChains } = told;
  const { labels } = diffTables[language];
  const { or } = nftDiffTable(language);
  const fate = (label: string, says: readonly string[]) =>
    `  - ${label}: ${plain(says.join(` ${or.trim()} `))}`;
  const lines = [
    ...witnesses.flatMap((one) => [
      `- ${severityMarks[severities[one.effect]]} ${code(one.packet)}`,
      fate(labels.before, one.before),
      fate(labels.after, one.after),
    ]),
    ...[furtherKinds ?? [], beside, proved ?? []].flat().map((sentence) => `- ${plain(sentence)}`),
    ...entries.map((entry) => `  - ${plain(entry)}`),
    ...apart.flatMap(({ says, before: was, after: is }) => [
      `  - ${plain(says)}`,
      `    - ${labels.before}: ${code(was)}`,
      `    - ${labels.after}: ${code(is)}`,
    ]),
    ...(furtherChains === null ? [] : [`  - ${plain(furtherChains)}`]),
  ];
  const verdict = `**${plain(`${before} → ${after}: ${headline}`)}**`;
  return lines.length > 0 ? [verdict, lines.join('\n')] : [verdict];
}

function foldedRules(results: readonly NftComparison[], language: Language): string[] {
  const w = diffTables[language];
  return results.flatMap(({ text }) => {
    if (text === null) return [plain(w.textTooDifferent)];
    const lines = text.flatMap((hunk) => [hunkHead(hunk), ...hunk.lines]);
    if (lines.length === 0) return [];
    const fitting = fittingLines(lines, Math.floor(roomForRules / results.length));
    const rest = lines.length - fitting.length;
    // What ends a block of code is no line of a rule.
    const shown = [...fitting, ...(rest > 0 ? [w.furtherLines(rest)] : [])].map((line) =>
      line.replaceAll('```', "'''"),
    );
    const head = `<details>\n<summary>${w.titles.text}</summary>`;
    return [`${head}\n\n\`\`\`diff\n${shown.join('\n')}\n\`\`\`\n\n</details>`];
  });
}

function fittingLines(lines: readonly string[], room: number): readonly string[] {
  let left = room;
  const over = lines.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return over === -1 ? lines : lines.slice(0, over);
}

/** Rules of nft alone are the same text in both families. */
const hasTextOf =
  (first: NftComparison | undefined) =>
  ({ text }: NftComparison): boolean =>
    JSON.stringify(text) === JSON.stringify(first?.text);

function printUnified(results: readonly NftComparison[], { names: [before, after] }: NftDiffView): string {
  const [first] = results;
  const apart = results.every(hasTextOf(first)) ? results.slice(0, 1) : results;
  return apart
    .flatMap(({ text }) => {
      if (text?.length === 0) return [];
      const head = [`--- ${before}`, `+++ ${after}`];
      const lines = text?.flatMap((hunk) => [hunkHead(hunk), ...hunk.lines]);
      return [...head, ...(lines ?? ['# too different to be laid side by side'])];
    })
    .map((line) => `${line}\n`)
    .join('');
}

const sayWitness = ({ packet, before, after }: ToldWitness): string =>
  `${packet}: before ${before.join(', or ')}; after ${after.join(', or ')}`;

const sayApart = ({ says, before, after }: ToldApart): string => `${says} before ${before}; after ${after}`;

/** What keeps two sides from being proved the same and stands in no chain that both have; where nothing else says it, that they are not. */
function placelessDoubts({ headline, witnesses, beside, entries, apart }: ToldNft, { same }: NftComparison) {
  const told = [...beside, ...entries];
  const isSaid = same || witnesses.length + apart.length + told.length > 0;
  return isSaid ? told : [headline];
}

interface RulesPlace {
  readonly file: string;
  readonly line: number;
}

/** Where rules are not proved to do the same: of the new side first, as reviewers see it. */
function placesOf({ rules }: ToldApart, result: NftComparison, view: NftDiffView): readonly RulesPlace[] {
  return somewhere(
    [...placeOf(rules.after, result.after), ...placeOf(rules.before, result.before)],
    result,
    view,
  );
}

/**
 * The rules that decide what becomes of a packet and that one side alone has: of the new side first. Where it has none, the one that stands
 * there in place of the old side's.
 */
function placesOfWitness(
  { rules }: ToldWitness,
  result: NftComparison,
  view: NftDiffView,
): readonly RulesPlace[] {
  const [gone, come] = [lastBeside(rules.before, rules.after), lastBeside(rules.after, rules.before)];
  return somewhere(
    [...placeOf(come ?? inPlaceOf(gone, result), result.after), ...placeOf(gone, result.before)],
    result,
    view,
  );
}

/** The last rule that is not among the others. */
function lastBeside(rules: readonly RulePlace[], others: readonly RulePlace[]): RulePlace | null {
  const spell = (one: RulePlace) => `${one.table}/${one.chain} ${ruleText(one)}`;
  const known = new Set(others.map(spell));
  return rules.findLast((one) => !known.has(spell(one))) ?? null;
}

function inPlaceOf(gone: RulePlace | null, { alike }: NftComparison): RulePlace | null {
  const isGone = (one: RulePlace | null) =>
    gone !== null && one?.table === gone.table && one.chain === gone.chain && one.number === gone.number;
  return alike?.chains.find(({ apart }) => isGone(apart?.left ?? null))?.apart?.right ?? null;
}

/** Where nothing else is told: the beginning of the new side. Rules that were made have no lines. */
function somewhere(
  places: readonly RulesPlace[],
  { after }: NftComparison,
  { names, areFiles }: NftDiffView,
): readonly RulesPlace[] {
  const whole = { file: (areFiles && after.texts[0]?.source.name) || names[1], line: 1 };
  return areFiles && places.length > 0 ? places : [whole];
}

function placeOf(rule: RulePlace | null, side: NodeProgram): readonly RulesPlace[] {
  if (!rule) return [];
  const { file, line } = new NodeTexts(side).where(rule);
  return [{ file: file ?? side.texts[0]?.source.name ?? '', line }];
}

function resultsOf(result: NftComparison, view: NftDiffView): readonly object[] {
  const told = toldOf(result, false);
  const placed = (places: readonly RulesPlace[]) => {
    const [first, ...others] = places.map(({ file, line }) => sarifPlace(file, line));
    return { locations: [first], ...(others.length > 0 && { relatedLocations: others }) };
  };
  const doubt = (text: string, places: readonly RulesPlace[]) => ({
    ruleId: unprovedId,
    level: 'warning',
    message: { text },
    ...placed(places),
  });
  const changes = told.witnesses.map((one) => ({
    ruleId: one.effect,
    level: levels[severities[one.effect]],
    message: { text: `${effectKindWords[one.effect]}: ${sayWitness(one)}` },
    ...placed(placesOfWitness(one, result, view)),
  }));
  const chains = told.apart.map((one) => doubt(sayApart(one), placesOf(one, result, view)));
  const others = placelessDoubts(told, result).map((text) => doubt(text, somewhere([], result, view)));
  return [...changes, ...chains, ...others];
}

function annotationsOf(result: NftComparison, view: NftDiffView): readonly string[] {
  const told = toldOf(result, false);
  const at = ([place]: readonly RulesPlace[], title: string, message: string) =>
    ({ ...(place as RulesPlace), column: null, title: `kubenat diff: ${title}`, message }) as const;
  const doubt = (places: readonly RulesPlace[], message: string) =>
    annotation('warning', at(places, 'could not be proved', message));
  return [
    ...told.witnesses.map((one) =>
      annotation(
        levels[severities[one.effect]],
        at(placesOfWitness(one, result, view), effectKindWords[one.effect], sayWitness(one)),
      ),
    ),
    ...told.apart.map((one) => doubt(placesOf(one, result, view), sayApart(one))),
    ...placelessDoubts(told, result).map((text) => doubt(somewhere([], result, view), text)),
  ];
}
