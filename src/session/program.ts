import type { Family } from '../address/address.ts';
import { beyondScope, inScope, type Scope } from '../diff/scope.ts';
import type { IrChain, IrProgram } from '../engine/ir.ts';
import { JoinedProgram } from '../engine/join.ts';
import { NftProgram } from '../engine/lower/nftables/program.ts';
import { signedFamily } from '../iptables/dump/family.ts';
import { readRules } from '../iptables/pasted/read.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { Cluster, ClusterNode } from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { readTaken } from '../nftables/check/load.ts';
import { withNftIpvs } from '../nftables/ipvs.ts';
import type { NftRuleset, NftTable } from '../nftables/model.ts';
import { isHooks } from '../nftables/read/hooks.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { want } from '../text/expected.ts';
import { keptBy } from '../text/kept.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Allocation } from './allocation.ts';
import { canonicalText } from './canonical-text.ts';
import { compiledTables } from './compiled-tables.ts';
import type { SessionDetail } from './detail.ts';
import { familySaid, splitFamilies } from './families.ts';
import { openHooks, placeChains, placeLoaded } from './hooks.ts';
import { type Beyond, beyondOf, tablesBeyondScope, tablesInScope } from './left-out.ts';
import type { NftText } from './nft-text.ts';
import { type NodeState, nothingKnown, programBeside } from './node-state.ts';
import { refuse } from './refuse.ts';
import { type NodeRequest, openRules, type PlacedRules, type RulesTexts } from './rules.ts';
import { withoutTakenAway } from './taken-away.ts';
import { withoutTwice } from './twice.ts';

/** One text of a node's rules, and which tables are in it, as places of rules name them. */
export interface NodeText {
  readonly source: Source;
  readonly tables: ReadonlySet<string>;
}

/** All rules of a node, in whatever language, as the program that packets of one family are walked through. */
export interface NodeProgram {
  readonly family: Family;
  readonly program: IrProgram;
  readonly texts: readonly NodeText[];
  /** The tables of iptables, where there are some, and their text. */
  readonly iptables: { readonly ruleset: Ruleset; readonly source: Source } | null;
  /** The rulesets of nft, without what the dump tells, too. */
  readonly nft: readonly NftRuleset[];
  /** Null: nobody says which node it is. */
  readonly node: ClusterNode | null;
  /** Null: nobody describes the cluster around it. */
  readonly cluster: Cluster | null;
  /** All objects that were read. */
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
  /** What a scope leaves out; null: nothing. */
  readonly beyond: Beyond | null;
}

/** What is known beside the rules. */
export interface ProgramRequest extends NodeRequest, Allocation {
  readonly state?: NodeState;
  /** The family of the packets that are asked, where rules are of both and nobody says which. */
  readonly asked?: Family | undefined;
  /** Whose rules; without it, everybody's. */
  readonly scope?: Scope | undefined;
  /** The texts are given in the order in which they were loaded. */
  readonly loadedInOrder?: boolean | undefined;
}

/** The rules of a node: dumps of iptables and rulesets of nft, in any order, or manifests to compile. Throws an InputError. */
export function openProgram(
  texts: RulesTexts,
  request: ProgramRequest,
  progress?: (done: number) => void,
): NodeProgram {
  const compiled = compiledTables(texts, request);
  if (!compiled) return openTold(texts, request, progress);
  const opened = openTold({ ...texts, dumps: [compiled.source] }, request, progress);
  return { ...opened, problems: [...opened.problems, ...compiled.problems] };
}

function openTold(
  texts: RulesTexts,
  request: ProgramRequest,
  progress?: (done: number) => void,
): NodeProgram {
  const hooked = openHooks(texts.dumps.filter(({ text }) => isHooks(text)));
  const rules = texts.dumps.filter(({ text }) => !isHooks(text));
  const given = {
    dumps: rules.filter(({ text }) => !isNft(text)),
    nft: rules.filter(({ text }) => isNft(text)).map(readOne),
  };
  const { dumps, ...left } = withoutTakenAway(rules, given, request.loadedInOrder ?? false);
  const nft = eachTableOnce(left.nft);
  if (hooked.length > 0 && rules.length === 0 && texts.objects.length === 0)
    refuse<SessionDetail>({ code: 'hooks-alone' }, want.thing('ruleset-too'));
  const family = familyOf(dumps, nft, request);
  // Beside other rules, a dump of the other family is no mistake.
  const isAlone = nft.length === 0 && dumps.length === 1;
  const own = dumps
    .filter((dump) => isAlone || (familySaid(dump) ?? signedFamily(dump.text) ?? family) === family)
    .flatMap((dump) => ofFamily(dump, family));
  if (nft.length === 0)
    return ofIptables(
      openRules(
        { ...texts, dumps: own },
        { ...request, ...((dumps.length > 1 || dumps.some(saysNoFamily)) && { family }) },
        progress,
      ),
      request,
    );
  const placed = openRules(
    { ...texts, dumps: own.length > 0 ? own : [none(family)] },
    { ...request, family },
    progress,
  );
  const order = request.loadedInOrder ? loadedOrder(rules, nft) : () => undefined;
  const joined = join(placed, own.length > 0, nft, family, request, (bases) =>
    placeLoaded(placeChains(bases, family, hooked), order),
  );
  return { ...joined, problems: [...left.problems, ...joined.problems] };
}

/** The place of the text that has a chain; of several dumps of iptables it is not told which has which table. */
function loadedOrder(texts: readonly Source[], nft: readonly NftText[]) {
  const places = new Map<string, number>(
    nft.flatMap(({ source, ruleset }) =>
      ruleset.tables.map((table) => [`${table.family} ${table.name}`, texts.indexOf(source)] as const),
    ),
  );
  const dumps = texts.filter(({ text }) => !isNft(text));
  const place = dumps.length === 1 ? texts.indexOf(dumps[0] as Source) : undefined;
  return ({ language, table }: IrChain) => (language === 'nftables' ? places.get(table) : place);
}

/** The families of which texts hold rules. */
export function familiesOf(sources: readonly Source[]): readonly Family[] {
  const found = sources.flatMap((source): readonly Family[] => {
    if (!isNft(source.text)) {
      const parts = splitFamilies(source);
      return parts.length > 0 ? parts.map(({ family }) => family) : [readRules(source, {}).ruleset.family];
    }
    const families = readOne(source).ruleset.tables.map(({ family }) => family);
    const both = families.includes('inet');
    return [
      ...(both || families.includes('ip') ? (['ipv4'] as const) : []),
      ...(both || families.includes('ip6') ? (['ipv6'] as const) : []),
    ];
  });
  const families = (['ipv4', 'ipv6'] as const).filter((family) => found.includes(family));
  return families.length > 0 ? families : ['ipv4'];
}

/** Once: the families of a text are asked before its rules are opened for each of them. */
const readOne = keptBy((source: Source): NftText => {
  const taken = readTaken(source);
  refuseErrors(taken.problems);
  return { source, ...taken };
});

/** A node has a table once: where several texts tell the same of it, it is taken from the first. */
function eachTableOnce(texts: readonly NftText[]): readonly NftText[] {
  const told = new Map<string, { readonly table: NftTable; readonly source: Source }>();
  return texts.map(({ ruleset, ...rest }) => {
    const tables = ruleset.tables.filter((table) => {
      const name = `${table.family} ${table.name}`;
      const known = told.get(name);
      if (!known) told.set(name, { table, source: rest.source });
      else if (canonicalText({ tables: [known.table] }) !== canonicalText({ tables: [table] }))
        refuse<SessionDetail>(
          { code: 'table-differs-between', table: name, one: rest.source.name, other: known.source.name },
          want.thing('rules-of-one-node'),
        );
      return !known;
    });
    return { ...rest, ruleset: { ...ruleset, tables } };
  });
}

/** A node without rules of iptables. */
const none = (family: Family): Source => ({
  name: `<no iptables rules for ${family}>`,
  text: '# There are none, which an empty text would leave open.\n',
});

/** The dump, or its part of one family; nothing where it is of the other one. */
function ofFamily(dump: Source, family: Family): readonly Source[] {
  const parts = splitFamilies(dump);
  return parts.length === 0
    ? [dump]
    : parts.filter((part) => part.family === family).map(({ source }) => source);
}

/** Rules that would be the same in either family. */
function saysNoFamily(dump: Source): boolean {
  return familySaid(dump) === null && signedFamily(dump.text) === null;
}

/** The family that was asked for; else that of the packets, where rules are of both or of either; else that of the rules. */
function familyOf(
  dumps: readonly Source[],
  nft: readonly NftText[],
  { family, asked }: ProgramRequest,
): Family {
  if (family) return family;
  const families = nft.flatMap(({ ruleset }) => ruleset.tables.map((table) => table.family));
  const isBoth = families.includes('inet') || (families.includes('ip') && families.includes('ip6'));
  const isOpen = isBoth || dumps.some((dump) => splitFamilies(dump).length > 1 || saysNoFamily(dump));
  if (asked && isOpen) return asked;
  return families.includes('ip6') && !families.includes('ip') && !families.includes('inet') ? 'ipv6' : 'ipv4';
}

function ofIptables(
  { ruleset: whole, source, node, cluster, objects, problems }: PlacedRules,
  { state = nothingKnown, scope = 'all' }: ProgramRequest,
): NodeProgram {
  const ruleset = inScope(whole, scope);
  const program = programBeside(ruleset, source, state);
  const tables = new Set<string>(ruleset.tables.map(({ name }) => name));
  return {
    family: ruleset.family,
    program,
    texts: [{ source, tables }],
    iptables: { ruleset, source },
    nft: [],
    node,
    cluster,
    objects,
    problems,
    beyond: beyondOf(beyondScope(whole, scope), []),
  };
}

function join(
  placed: PlacedRules,
  isDumped: boolean,
  nft: readonly NftText[],
  family: Family,
  request: ProgramRequest,
  place: (bases: IrProgram['baseChains']) => IrProgram['baseChains'],
): NodeProgram {
  const { node, cluster, objects } = placed;
  const { scope = 'all' } = request;
  const first = ofIptables(placed, request);
  const all = nft.map((text) => ({ ...text, ...withoutTwice(text.ruleset, placed, text.source) }));
  const kept = all.map((text) => ({ ...text, ruleset: tablesInScope(text.ruleset, scope) }));
  const others = all.flatMap(({ ruleset }) => tablesBeyondScope(ruleset, scope, family));
  // Where virtual servers are known, what IPVS does is known from them.
  const isTold = (request.state ?? nothingKnown).servers !== null;
  const programs = kept.map(({ ruleset }) => new NftProgram(isTold ? ruleset : withNftIpvs(ruleset), family));
  return {
    family,
    program: new JoinedProgram([first.program, ...programs], place),
    texts: [
      ...(isDumped ? first.texts : []),
      ...kept.map(({ source, ruleset }) => ({
        source,
        tables: new Set(ruleset.tables.map((table) => `${table.family} ${table.name}`)),
      })),
    ],
    iptables: isDumped ? first.iptables : null,
    nft: kept.map(({ ruleset }) => ruleset),
    node,
    cluster,
    objects,
    problems: [...placed.problems, ...kept.flatMap(({ problems, found }) => [...problems, ...found])],
    beyond: beyondOf(beyondScope(placed.ruleset, scope), others),
  };
}
