import type { Family } from '../address/address.ts';
import { readSource } from '../files/files.ts';
import { readHost } from '../host/read.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { loadNft } from '../nftables/check/load.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { printNftDiff, printNftDiffJson, sayNftDiff } from '../report/nft-diff.ts';
import { compareNft } from '../session/nft-comparison.ts';
import { familiesOf, openProgram } from '../session/program.ts';
import { refuse } from '../session/refuse.ts';
import type { SideTexts } from '../session/side.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';

interface NftDiffFlags {
  readonly host: readonly string[];
  readonly family?: Family;
  readonly format: string;
}

/** Whether a side holds rules of nft. */
export function holdsNft({ sources }: SideTexts): boolean {
  return sources.some(({ text }) => isNft(text));
}

/** Compares rules of which some are of nft: by their text, and by packets; in every family that they hold. */
export function nftDiffAnswer(io: Io, sides: readonly [SideTexts, SideTexts], flags: NftDiffFlags): Answer {
  const { format } = flags;
  if (format !== 'text' && format !== 'json')
    return refuse(`--format ${format} of rulesets of nft`, 'text or json');
  for (const { name, sources } of sides) {
    if (sources.some(({ text }) => !isNft(text) && !looksLikeRules(text)))
      refuse(
        `${name}: manifests are not compared with rulesets of nft`,
        'what nft list ruleset prints, or iptables-save',
      );
  }
  const problems: Problem[] = [];
  const families = flags.family
    ? [flags.family]
    : [...new Set(sides.flatMap(({ sources }) => familiesOf(sources)))];
  const results = families.map((family) => {
    const [before, after] = sides.map(({ sources }) =>
      openProgram({ dumps: sources, objects: [], config: null }, { family }),
    ) as [ReturnType<typeof openProgram>, ReturnType<typeof openProgram>];
    const given = flags.host.map((file) => readHost(readSource(io, file), family));
    const found = [...before.problems, ...after.problems, ...given.flatMap((one) => one.problems)];
    problems.push(...found.filter(({ message }) => problems.every((known) => known.message !== message)));
    return compareNft(
      before,
      after,
      given.map(({ fields }) => fields),
    );
  });
  problems.push(...sides.flatMap(({ sources }) => sources.flatMap(refusedBy)));
  const output = format === 'json' ? printNftDiffJson(results) : printNftDiff(results);
  const status = results.every(({ same }) => same) ? 0 : 1;
  return { status, output, format, problems, summary: () => sayNftDiff(results) };
}

/** What nft would refuse to load: the node has none of it then. */
function refusedBy(source: Source): readonly Problem[] {
  if (!isNft(source.text)) return [];
  return loadNft(source)
    .problems.filter(({ code }) => code === 'nft-refused')
    .map((problem): Problem => ({ ...problem, severity: 'warning' }));
}
