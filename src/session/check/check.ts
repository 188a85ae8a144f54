import { looksLikeRules } from '../../iptables/pasted/looks-like-rules.ts';
import { findingsAmong } from '../../lint/manifests/check.ts';
import { type Found, type Judged, type Known, knownOf, select, withoutKnown } from '../../lint/select.ts';
import { isNft } from '../../nftables/read/recognise.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { shortened } from '../../text/lists.ts';
import { type Problem, refuseErrors } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { SessionDetail } from '../detail.ts';
import { besideRules, isNodeState } from '../node-state.ts';
import type { CheckNote } from '../note.ts';
import { refuse } from '../refuse.ts';
import { type Part, type Shard, shareOf } from '../shard.ts';
import { type DriftRequest, type FoundDrift, findDriftOf } from './drift.ts';
import { findInManifests, type ManifestRequest } from './manifests.ts';
import { findNftDriftOf } from './nft-drift.ts';
import { type CheckedRules, type OpenedRules, type OpenRequest, openNode } from './rules.ts';
import type { CheckSettings } from './settings.ts';

/** What was found in one input. */
export interface CheckedInput {
  /** As the user named it. */
  readonly name: string;
  /** The rules, of each family, and the texts in whose lines they stand; null: manifests. */
  readonly rules: readonly CheckedRules[] | null;
  readonly judged: readonly Judged[];
  /** Not all of kube-proxy's tables are shown, so that nobody can say that nothing is wrong with it. */
  readonly isPart: boolean;
  /** User's chains by whose they are. */
  readonly owners: ReadonlyMap<string, number>;
  readonly notes: readonly CheckNote[];
}

/** All that a report of `check` says, in whatever form. */
export interface CheckReport {
  readonly inputs: readonly CheckedInput[];
  /** Findings that comments silence. */
  readonly silenced: number;
  /** Findings that were known before, and those that were and are there no more. */
  readonly known: number;
  readonly gone: readonly Known[];
  /** 1: there are errors or warnings. */
  readonly status: 0 | 1;
  /** The files of rules of this part; null: these are all. */
  readonly part: Part | null;
}

export interface CheckRequest extends DriftRequest, OpenRequest {
  /** Texts that are all of one node, in whatever language. */
  readonly rules: readonly Source[];
  readonly settings: CheckSettings;
  /** A part of the files of rules; manifests are looked at in the first. */
  readonly shard: Shard | null;
  /** Of which node a file of rules is. */
  readonly nodeOf: (source: Source) => string | undefined;
  /** Findings that are known. */
  readonly baseline: readonly Known[];
}

/** Looks for what is wrong with each of the texts. Throws an InputError. */
export function checkTexts(
  sources: readonly Source[],
  request: CheckRequest,
): { readonly report: CheckReport; readonly problems: readonly Problem[]; readonly all: readonly Known[] } {
  const { settings } = request;
  const empty = sources.filter(({ text }) => isEmpty(text));
  const full = keptWithRules(sources.filter((source) => !empty.includes(source)));
  const { shard } = request;
  const ofRules = full.filter(({ text }) => isNft(text) || looksLikeRules(text));
  const rules = shareOf(ofRules, shard);
  const manifests = (shard?.index ?? 0) === 0 ? full.filter((source) => !ofRules.includes(source)) : [];
  const opened = [
    ...(manifests.length > 0 ? [openManifests(manifests, request)] : []),
    ...nodesOf(rules).flatMap((texts) => openTexts(texts, request)),
    ...(request.rules.some(({ text }) => !isEmpty(text)) ? openTexts(request.rules, request) : []),
  ];
  const selected = opened.map(({ found }) => select(found, settings));
  const problems = [
    ...[...empty, ...request.rules.filter(({ text }) => isEmpty(text))].map(nothingIn),
    ...opened.flatMap((one) => one.problems),
    ...selected.flatMap((one) => one.problems),
  ];
  refuseErrors(problems);
  if (settings.strict) refuseWarnings(problems);
  const named = opened.map(({ found: { name } }, at) => ({ name, judged: selected[at]?.judged ?? [] }));
  const rest = withoutKnown(named, request.baseline);
  const inputs = opened.map(({ input }, at) => ({ ...input, judged: rest.judged[at] ?? [] }));
  const isBad = rest.judged.flat().some(({ severity }) => severity !== 'note');
  const silenced = selected.reduce((sum, one) => sum + one.silenced, 0);
  const { known, gone } = rest;
  const part = shard && { ...shard, all: rules.map(({ name }) => name) };
  const report: CheckReport = { inputs, silenced, known, gone, status: isBad ? 1 : 0, part };
  const all = named.flatMap(({ name, judged }) => judged.map((one) => knownOf(one, name)));
  return { report, problems, all };
}

/** What a node keeps goes with its rules, where it is clear whose it is. Throws an InputError. */
function keptWithRules(sources: readonly Source[]): readonly Source[] {
  const kept = sources.filter(({ text }) => isNodeState(text));
  if (kept.length === 0) return sources;
  const rules = sources.filter(({ text }) => isNft(text) || looksLikeRules(text));
  if (nodesOf(rules).length !== 1)
    refuse<SessionDetail>(
      { code: 'sets-of-which-node', name: kept[0]?.name ?? '', rules: rules.length },
      want.thing('rules-of-its-node'),
    );
  const others = sources.filter((source) => !kept.includes(source) && !rules.includes(source));
  return [...others, ...besideRules([...rules, ...kept])];
}

function openManifests(sources: readonly Source[], request: ManifestRequest): Opened {
  const { findings, problems } = findInManifests(sources, request);
  const name = shortened([...new Set(sources.map((source) => source.name))]);
  return {
    found: { name, findings, rules: null, texts: sources },
    input: { name, rules: null, isPart: false, owners: new Map(), notes: [] },
    problems,
  };
}

interface Opened {
  readonly found: Found;
  readonly input: Omit<CheckedInput, 'judged'>;
  readonly problems: readonly Problem[];
}

/** Texts of rules: one of a node, or all of them. */
function openTexts(texts: readonly Source[], request: CheckRequest): Opened[] {
  const name = shortened([...new Set(texts.map((source) => source.name))]);
  return openNode(texts, request).map((opened): Opened => {
    const { rules, owners, notes } = opened;
    const drift = driftOf(opened, name, texts, request);
    const ofReading = findingsAmong(opened.problems);
    const findings = [...ofReading.findings, ...opened.findings, ...drift.findings];
    const sources = [...new Set(rules.flatMap((one) => one.texts.map(({ source }) => source)))];
    const textOf = (table: string) =>
      rules.flatMap((one) => one.texts).find(({ tables }) => tables.has(table))?.source ?? null;
    return {
      found: { name, findings, rules: textOf, texts: sources },
      input: {
        name,
        rules,
        isPart: rules.some(lacksProxys),
        owners,
        notes,
      },
      problems: [...ofReading.others, ...drift.problems],
    };
  });
}

/** Whether a table is not shown in which kube-proxy has rules. */
function lacksProxys({ iptables }: CheckedRules): boolean {
  const missing = iptables?.ruleset.notShown ?? [];
  return missing.includes('nat') || missing.includes('filter');
}

function driftOf(
  { side, rules }: OpenedRules,
  name: string,
  texts: readonly Source[],
  request: CheckRequest,
): FoundDrift {
  if (request.drift.length === 0) return { findings: [], problems: [] };
  const [first] = texts as readonly [Source];
  const named = { ...request, ...nodeNamed(request.nodeOf(first)) };
  if (side) return findDriftOf(side, named);
  return findNftDriftOf(name, rules, named);
}

/** Comments say nothing, and neither do documents without content. */
function isEmpty(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#.*|---\s*)?$/.test(line));
}

/** What was gathered of one node is looked at together, each other text by itself. */
function nodesOf(rules: readonly Source[]): readonly (readonly Source[])[] {
  const gathered = new Map<unknown, Source[]>();
  for (const source of rules) {
    const key = source.node ?? source;
    gathered.set(key, [...(gathered.get(key) ?? []), source]);
  }
  return [...gathered.values()];
}

function nothingIn({ name }: Source): Problem {
  return {
    code: 'input-empty',
    severity: 'warning',
    ...told<SessionDetail>({ code: 'empty-input', name }),
    expected: want.orElse(want.printed('iptables-save'), want.thing('kubernetes-objects')),
  };
}

function refuseWarnings(problems: readonly Problem[]): void {
  refuseErrors(problems.map((one) => (one.severity === 'warning' ? { ...one, severity: 'error' } : one)));
}

function nodeNamed(node: string | undefined) {
  return node === undefined ? {} : { node };
}
