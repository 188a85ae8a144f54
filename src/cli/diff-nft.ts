import type { Family } from '../address/address.ts';
import { readHost } from '../host/read.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { loadNft } from '../nftables/check/load.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { printNftDiff, printNftDiffJson, sayNftDiff } from '../report/nft-diff.ts';
import type { Language } from '../report/words/language.ts';
import type { Allocation } from '../session/allocation.ts';
import { compareNft } from '../session/nft-comparison.ts';
import { openNftDrift } from '../session/nft-drift.ts';
import { familiesOf, openProgram } from '../session/program.ts';
import { refuse } from '../session/refuse.ts';
import type { NodeRequest } from '../session/rules.ts';
import type { SideTexts } from '../session/side.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';

interface NftDiffFlags extends NodeRequest, Allocation {
  readonly format: string;
  readonly certificate?: string;
  /** In which it is told to people. */
  readonly language?: Language | undefined;
  readonly paranoid?: true;
}

/** Whether a side holds rules of nft. */
export function holdsNft({ sources }: SideTexts): boolean {
  return sources.some(({ text }) => isNft(text));
}

/** Compares rules of which some are of nft: by their text, and by packets; in every family that they hold. */
export function nftDiffAnswer(
  sides: readonly [SideTexts, SideTexts],
  hosts: readonly Source[],
  flags: NftDiffFlags,
): Answer {
  const manifests = sides.filter(({ sources }) => sources.every(({ text }) => !isRules(text)));
  const [one] = manifests;
  const dump = sides.find((side) => side !== one && side.sources.every(({ text }) => isNft(text)));
  if (one && dump) return nftDriftAnswer(dump, one, sides[0] === one, hosts, flags);
  for (const { name, sources } of sides) {
    if (sources.some(({ text }) => !isRules(text)))
      refuse(
        `${name}: manifests are not compared with rules of iptables and nft together`,
        'what nft list ruleset prints, alone',
      );
  }
  const texts = [sides[0].sources, sides[1].sources] as const;
  const families = [...new Set(texts.flatMap(familiesOf))];
  return compared(texts, families, hosts, flags, texts.flat().flatMap(refusedBy));
}

const isRules = (text: string): boolean => isNft(text) || looksLikeRules(text);

/**
 * A node's rulesets against the tables that kube-proxy would make of manifests, but for what it leaves to chance. `isWantedFirst`: the
 * manifests are what is before the change.
 */
export function nftDriftAnswer(
  dump: SideTexts,
  manifests: SideTexts,
  isWantedFirst: boolean,
  hosts: readonly Source[],
  flags: NftDiffFlags,
): Answer {
  const { found, wanted, families, problems } = openNftDrift(dump, manifests, flags);
  const texts = isWantedFirst ? ([[wanted], [found]] as const) : ([[found], [wanted]] as const);
  return compared(texts, families, hosts, flags, problems);
}

function compared(
  sides: readonly [readonly Source[], readonly Source[]],
  held: readonly Family[],
  hosts: readonly Source[],
  flags: NftDiffFlags,
  known: readonly Problem[],
): Answer {
  const { format } = flags;
  refuseSecondProof(flags);
  if (format !== 'text' && format !== 'json')
    return refuse(`--format ${format} of rulesets of nft`, 'text or json');
  const problems: Problem[] = [];
  const families = flags.family ? [flags.family] : held;
  const results = families.map((family) => {
    const [before, after] = sides.map((sources) =>
      openProgram({ dumps: sources, objects: [], config: null }, { family }),
    ) as [ReturnType<typeof openProgram>, ReturnType<typeof openProgram>];
    const given = hosts.map((source) => readHost(source, family));
    const found = [...before.problems, ...after.problems, ...given.flatMap((one) => one.problems)];
    problems.push(...found.filter(({ message }) => problems.every((one) => one.message !== message)));
    return compareNft(
      before,
      after,
      given.map(({ fields }) => fields),
    );
  });
  const output = format === 'json' ? printNftDiffJson(results) : printNftDiff(results, flags.language);
  const status = results.every(({ same }) => same) ? 0 : 1;
  const all = [...problems, ...known];
  return { status, output, format, problems: all, summary: () => sayNftDiff(results, flags.language) };
}

/** Whoever verifies walks packets through rules of iptables: of nft nobody could confirm what was proved. */
function refuseSecondProof({ certificate, paranoid }: NftDiffFlags): void {
  const flag = certificate !== undefined ? '--certificate' : paranoid ? '--paranoid' : null;
  if (flag)
    refuse(
      `${flag} with rules of nft: they are proved rule by rule, and the second procedure, which would confirm it, reads rules of iptables alone`,
      `diff without ${flag}, which says what is proved and from which rule on it is not`,
    );
}

/** What nft would refuse to load: the node has none of it then. */
function refusedBy(source: Source): readonly Problem[] {
  if (!isNft(source.text)) return [];
  return loadNft(source)
    .problems.filter(({ code }) => code === 'nft-refused')
    .map((problem): Problem => ({ ...problem, severity: 'warning' }));
}
