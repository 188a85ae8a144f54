import { loadNft } from '../../../src/nftables/check/load.ts';
import { printJson } from '../../../src/nftables/json/print.ts';
import { printRuleset } from '../../../src/nftables/print/tables.ts';
import { positionAt } from '../../../src/text/source.ts';
import { generateRuleset } from './generate.ts';
import { askNft, isMisprint } from './nft.ts';
import { Random } from './random.ts';

export interface Tally {
  taken: number;
  /** Rulesets of which nothing was left that nft takes. */
  refused: number;
  /** Lines that nft refused, and without which it was asked again. */
  linesRefused: number;
  /** Among them those for which the kernel that is asked has no module. */
  linesNotHere: number;
  /** Rulesets on which nft 1.0.6 itself ends with a failed assertion. */
  crashed: number;
  /** Rulesets of which nft lists something that it does not read back as what was loaded. */
  misprinted: number;
  readonly differences: string[];
}

export const emptyTally = (): Tally => ({
  taken: 0,
  refused: 0,
  linesRefused: 0,
  linesNotHere: 0,
  crashed: 0,
  misprinted: 0,
  differences: [],
});

const mostTries = 16;

/** What a kernel says that lacks a module; names that are missing are not generated. */
const isOfKernel = /No such file or directory|Address family not supported by protocol|Protocol error/;

/** Asks nft and fmt about the ruleset of a seed; a line that both refuse is left out, and they are asked again. */
export function compareSeed(seed: number, tally: Tally): void {
  let text = generateRuleset(new Random(seed));
  for (let tries = 0; tries < mostTries; tries += 1) {
    const answer = askNft(text);
    if ('crashed' in answer) {
      tally.crashed += 1;
      return;
    }
    const differs = (what: string) => tally.differences.push(`seed ${seed}${what}`);
    if (!('refused' in answer)) {
      tally.taken += 1;
      compareListing(text, answer, differs, tally);
      return;
    }
    if (answer.line === null) break;
    tally.linesRefused += 1;
    if (isOfKernel.test(answer.refused)) tally.linesNotHere += 1;
    else if (!isRefusedThere(text, answer.line, answer.refused))
      differs(`: nft refuses: ${answer.refused}\n${text}`);
    const shorter = withoutLine(text, answer.line);
    if (shorter === null) break;
    text = shorter;
  }
  tally.refused += 1;
}

/** What fmt refuses, and at which line. */
function refusals(text: string): readonly { readonly line: number; readonly message: string }[] {
  const { problems } = loadNft({ name: 'generated', text });
  return problems.flatMap(({ severity, span, message }) =>
    severity === 'error' && span ? [{ line: positionAt(span.source, span.start).line, message }] : [],
  );
}

/** What is said of a circle of chains, and of one that is too deep: nft blames any of its rules. */
const ofWays = /is reached from itself|jumps follow each other/;

/** Whether fmt refuses something at the line too, or in the block that begins there; of a circle, any rule of it. */
function isRefusedThere(text: string, line: number, refused: string): boolean {
  const own = refusals(text);
  if (refused.includes('Too many links')) return own.some(({ message }) => ofWays.test(message));
  const end = endOfBlock(text.split('\n'), line);
  return own.some((one) => one.line >= line && one.line <= end);
}

/** The last line of the block that begins at a line; else the line. */
function endOfBlock(lines: readonly string[], line: number): number {
  const isBlock = /^\t\w.*\{$/.test(lines[line - 1] ?? '');
  return isBlock ? lines.indexOf('\t}', line) + 1 : line;
}

/** Without the line, or the block that begins there; null where the whole chain would go. */
function withoutLine(text: string, line: number): string | null {
  const lines = text.split('\n');
  const own = lines[line - 1] ?? '';
  if (own.startsWith('table ') || /^\t\ttype .* hook /.test(own) || own.startsWith('\tchain')) return null;
  const end = endOfBlock(lines, line);
  return [...lines.slice(0, line - 1), ...lines.slice(end)].join('\n');
}

function compareListing(
  text: string,
  { listed, json }: { readonly listed: string; readonly json: string },
  differs: (what: string) => void,
  tally: Tally,
): void {
  const { ruleset, problems } = loadNft({ name: 'generated', text });
  const error = problems.find(({ severity }) => severity === 'error')?.message;
  const own = error === undefined ? printRuleset(ruleset) : `refused: ${error}\n`;
  if (inOneOrder(own) !== inOneOrder(listed)) {
    if (isMisprint(text, listed)) tally.misprinted += 1;
    else differs(`\n${text}\nnft:\n${listed}\nkubenat:\n${own}`);
    return;
  }
  if (own !== listed) return;
  const [ours, theirs] = [withoutNumbers(printJson(ruleset)), withoutNumbers(json)];
  if (ours !== theirs) differs(`\n${text}\nnft:\n${theirs}\nkubenat:\n${ours}`);
}

/** Of elements that begin with the same bit (`established`, `established | related`) nft lists first what chance put first in the kernel. */
function inOneOrder(text: string): string {
  return text.replace(/\{ ([^{}\n]* \| [^{}\n]*) \}/g, (_whole, elements: string) => {
    const list = elements.split(', ');
    const first = (element: string) => element.split(/ [|:] /)[0] as string;
    const places = [...new Set(list.map(first))];
    const sorted = places.flatMap((place) => list.filter((one) => first(one) === place).sort());
    return `{ ${sorted.join(', ')} }`;
  });
}

/** One object on a line, without nft's version and the handles of the kernel. */
function withoutNumbers(json: string): string {
  const { nftables } = JSON.parse(json) as { nftables: readonly Record<string, unknown>[] };
  return nftables
    .filter((item) => !('metainfo' in item))
    .map((item) => `${JSON.stringify(item, (name, value) => (name === 'handle' ? undefined : value))}\n`)
    .join('');
}
