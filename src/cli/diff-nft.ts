import type { Family } from '../address/address.ts';
import type { Scope } from '../diff/scope.ts';
import { readHost } from '../host/read.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { nftModeNotes } from '../lint/modes.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { setsApart } from '../proof/rules/apart.ts';
import { sayNftDiff } from '../report/nft-diff.ts';
import { nftDiffFormats } from '../report/nft-diff-formats.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Language } from '../report/words/language.ts';
import type { Allocation } from '../session/allocation.ts';
import type { CertifiedFamily } from '../session/certificate.ts';
import { leftOutOfSides } from '../session/left-out.ts';
import {
  compareNft,
  isUnchanged,
  type NftComparison,
  type NftSides,
  prepareNft,
} from '../session/nft-comparison.ts';
import { type NftDrift, openNftDrift } from '../session/nft-drift.ts';
import { keptBeside } from '../session/node-state.ts';
import { familyAsked, type Only } from '../session/only.ts';
import { familiesOf, type NodeProgram, openProgram } from '../session/program.ts';
import { refuse } from '../session/refuse.ts';
import { refusedBy } from '../session/refused.ts';
import type { NodeRequest } from '../session/rules.ts';
import type { SideTexts } from '../session/side.ts';
import { want } from '../text/expected.ts';
import { type Problem, unsaid } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import { certifiedNft } from './certificate.ts';

/** Flags that decide which rules two sides are, and on which host. */
export interface NftSidesFlags extends NodeRequest, Allocation {
  readonly assume?: string;
  readonly scope?: Scope | undefined;
  /** The packets that are asked; absent: all. */
  readonly only?: Only | undefined;
}

interface NftDiffFlags extends NftSidesFlags {
  readonly format: keyof typeof nftDiffFormats;
  /** In which it is told to people. */
  readonly language?: Language | undefined;
  readonly paranoid?: true;
  readonly strict?: true | undefined;
  /** What alone counts; null: everything. */
  readonly failing?: readonly string[] | null;
}

/** Told what was compared, in each family, and whether it is proved that no packet changes fate. */
type Done = (families: readonly CertifiedFamily[], isProved: boolean) => readonly Problem[];

/** Two sides as texts of rules, in the families that they hold. */
interface NftTexts {
  readonly names: readonly [before: string, after: string];
  /** Whether the texts are files, in which rules have their lines. */
  readonly areFiles: boolean;
  readonly sides: readonly [readonly Source[], readonly Source[]];
  readonly families: readonly Family[];
  readonly problems: readonly Problem[];
  /** Of a node's dump held against manifests: whose rules of it were not looked at. */
  readonly leftOut?: NftDrift['leftOut'];
}

/** Whether a side holds rules of nft. */
export function holdsNft({ sources }: SideTexts): boolean {
  return sources.some(({ text }) => isNft(text));
}

/** Compares rules of which some are of nft, in every family that they hold. */
export function nftDiffAnswer(
  sides: readonly [SideTexts, SideTexts],
  hosts: readonly Source[],
  flags: NftDiffFlags,
  done?: Done,
): Answer {
  return compared(textsOf(sides, flags), hosts, flags, done);
}

/** The same as `nftDiffAnswer` has them, for whoever looks again. */
export function openNftSides(
  sides: readonly [SideTexts, SideTexts],
  hosts: readonly Source[],
  flags: NftSidesFlags,
): { readonly sides: readonly NftSides[]; readonly problems: readonly Problem[] } {
  return prepared(textsOf(sides, flags), hosts, flags);
}

/** Beside rules of nft, what sets of ipset hold is not asked: where it changes, nothing could be said of the rules that ask them. */
function refuseSetsApart([before, after]: NftTexts['sides']): void {
  const [one, other] = [before, after].map((sources) => {
    const kept = keptBeside(sources);
    return kept ? { kept } : {};
  }) as [Pick<Ruleset, 'kept'>, Pick<Ruleset, 'kept'>];
  const asked = (name: string) =>
    [...before, ...after].some(({ text }) => text.includes(` --match-set ${name} `));
  const names = [...setsApart(one, other)].filter(asked);
  if (names.length > 0)
    refuse<CommandDetail>({ code: 'sets-apart-of-nft', names }, want.thing('iptables-alone'));
}

function textsOf(sides: readonly [SideTexts, SideTexts], flags: NftSidesFlags): NftTexts {
  const manifests = sides.filter(({ sources }) => sources.every(({ text }) => !isRules(text)));
  const [one] = manifests;
  const dump = sides.find((side) => side !== one && side.sources.every(({ text }) => isNft(text)));
  if (one && dump) return driftTexts(dump, one, sides[0] === one, flags);
  for (const { name, sources } of sides) {
    if (sources.some(({ text }) => !isRules(text)))
      refuse<CommandDetail>({ code: 'manifests-with-both', name }, want.thing('ruleset-alone'));
  }
  const texts = [sides[0].sources, sides[1].sources] as const;
  refuseSetsApart(texts);
  const families = [...new Set(texts.flatMap(familiesOf))];
  const names = [sides[0].name, sides[1].name] as const;
  return { names, areFiles: true, sides: texts, families, problems: texts.flat().flatMap(refusedBy) };
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
  // Of a drift the text is no difference, as where both are of iptables.
  return compared(driftTexts(dump, manifests, isWantedFirst, flags), hosts, { ...flags, strict: undefined });
}

function driftTexts(
  dump: SideTexts,
  manifests: SideTexts,
  isWantedFirst: boolean,
  flags: NftSidesFlags,
): NftTexts {
  const { found, wanted, families, problems, leftOut } = openNftDrift(dump, manifests, flags);
  const pair = isWantedFirst ? ([wanted, found] as const) : ([found, wanted] as const);
  const names = [pair[0].name, pair[1].name] as const;
  return { names, areFiles: false, sides: [[pair[0]], [pair[1]]], families, problems, leftOut };
}

function modeNotesOf({ nft, texts }: NodeProgram): readonly Problem[] {
  const own = texts.slice(-nft.length);
  return nft.flatMap((ruleset, at) => nftModeNotes(own[at]?.source.name ?? '', ruleset));
}

function prepared(
  { sides, families: held, problems: known }: NftTexts,
  hosts: readonly Source[],
  flags: NftSidesFlags,
) {
  if (flags.assume !== undefined)
    refuse<CommandDetail>({ code: 'flag-with-nft', flag: '--assume' }, want.thing('host-in-files'));
  const problems: Problem[] = [];
  const family = flags.family ?? (flags.only && familyAsked(flags.only));
  const families = family ? [family] : held;
  const each = families.map((family) => {
    const [before, after] = sides.map((sources) =>
      openProgram({ dumps: sources, objects: [], config: null }, { family, scope: flags.scope }),
    ) as [ReturnType<typeof openProgram>, ReturnType<typeof openProgram>];
    const given = hosts.map((source) => readHost(source, family));
    const modes = [before, after].flatMap(modeNotesOf);
    const found = [...modes, ...before.problems, ...after.problems, ...given.flatMap((one) => one.problems)];
    problems.push(...unsaid(found, problems));
    return prepareNft(
      before,
      after,
      given.map(({ fields }) => fields),
    );
  });
  return { sides: each, problems: [...problems, ...known] };
}

function compared(
  texts: NftTexts,
  hosts: readonly Source[],
  flags: NftDiffFlags,
  done: Done = () => [],
): Answer {
  const { format, language } = flags;
  const { names, areFiles } = texts;
  const { sides, problems } = prepared(texts, hosts, flags);
  const results = sides.map((one) => {
    const result = compareNft(one, flags);
    const beyond = leftOutOfSides([
      { name: names[0], beyond: one.before.beyond },
      { name: names[1], beyond: one.after.beyond },
    ]);
    return { ...result, notes: [...result.notes, ...beyond, ...(texts.leftOut?.[result.family] ?? [])] };
  });
  const isProved = results.every(({ same }) => same);
  const isSame = results.every((one) => isUnchanged(one) && !textCounts(one, flags));
  return {
    status: isSame ? 0 : 1,
    output: nftDiffFormats[format](results, { names, areFiles, language }),
    format,
    problems: [...problems, ...done(sides.map(certifiedNft), isProved)],
    summary: () => sayNftDiff(results, language),
  };
}

/** Any difference of the text, where that is asked for. */
function textCounts({ text }: NftComparison, { strict, failing }: NftDiffFlags): boolean {
  return text?.length !== 0 && (strict === true || (failing?.includes('text') ?? false));
}
