import type { Family } from '../../address/address.ts';
import { countOwners } from '../../iptables/owners.ts';
import { looksLikeRules } from '../../iptables/pasted/looks-like-rules.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import { checkRuleset } from '../../lint/check.ts';
import { otherText } from '../../lint/modes.ts';
import { type Found, type Judged, type Known, knownOf, select, withoutKnown } from '../../lint/select.ts';
import { isNft } from '../../nftables/read/recognise.ts';
import { shortened } from '../../text/lists.ts';
import { type Problem, refuseErrors } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { splitFamilies } from '../families.ts';
import { type Part, type Shard, shareOf } from '../shard.ts';
import { dumpSide } from '../side.ts';
import { type DriftRequest, findDriftOf } from './drift.ts';
import { findInManifests, type ManifestRequest } from './manifests.ts';
import type { CheckSettings } from './settings.ts';

/** What was found in one input. */
export interface CheckedInput {
  /** As the user named it. */
  readonly name: string;
  /** Rules, and the text in whose lines they stand; null: manifests. */
  readonly rules: { readonly ruleset: Ruleset; readonly source: Source } | null;
  readonly judged: readonly Judged[];
  /** User's chains by whose they are. */
  readonly owners: ReadonlyMap<string, number>;
  /** Sentences. */
  readonly notes: readonly string[];
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

export interface CheckRequest extends DriftRequest {
  readonly family?: Family;
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
  const full = sources.filter((source) => !empty.includes(source));
  const { shard } = request;
  const ofRules = full.filter(({ text }) => looksLikeRules(text) || otherText(text) !== null);
  const unlooked = ofRules.filter((source) => isBesideIptables(source, ofRules));
  const rules = shareOf(
    ofRules.filter((source) => !unlooked.includes(source)),
    shard,
  );
  const manifests = (shard?.index ?? 0) === 0 ? full.filter((source) => !ofRules.includes(source)) : [];
  const opened = [
    ...(manifests.length > 0 ? [openManifests(manifests, request)] : []),
    ...rules.flatMap((source) => openText(source, request)),
  ];
  const selected = opened.map(({ found }) => select(found, settings));
  const problems = [
    ...empty.map(nothingIn),
    ...unlooked.map(notLookedAt),
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

function openManifests(sources: readonly Source[], request: ManifestRequest): Opened {
  const { findings, problems } = findInManifests(sources, request);
  const name = shortened([...new Set(sources.map((source) => source.name))]);
  return {
    found: { name, findings, rules: null, texts: sources },
    input: { name, rules: null, owners: new Map(), notes: [] },
    problems,
  };
}

interface Opened {
  readonly found: Found;
  readonly input: Omit<CheckedInput, 'judged'>;
  readonly problems: readonly Problem[];
}

function openText(source: Source, request: CheckRequest): Opened[] {
  const { family } = request;
  const families = splitFamilies(source);
  const wanted = families.filter((one) => family === undefined || one.family === family);
  return wanted.length === 0
    ? [openRules(source, family, request)]
    : wanted.map((one) => openRules(one.source, one.family, request));
}

function openRules(given: Source, family: Family | undefined, request: CheckRequest): Opened {
  const side = dumpSide(given.name, given, family);
  const { ruleset, source, problems, notes } = side;
  const owners = countOwners(ruleset);
  const ipvs = owners.has("kube-proxy's ipvs mode")
    ? ["there are rules of kube-proxy's ipvs mode, which lead to sets and to IPVS and are not looked into"]
    : [];
  const drift =
    request.drift.length > 0
      ? findDriftOf(side, { ...request, ...nodeNamed(request.nodeOf(given)) })
      : { findings: [], problems: [] };
  const findings = [...checkRuleset(ruleset), ...drift.findings];
  return {
    found: { name: given.name, findings, rules: source, texts: [source] },
    input: { name: given.name, rules: { ruleset, source }, owners, notes: [...notes, ...ipvs] },
    problems: [...problems, ...drift.problems],
  };
}

/** Comments say nothing, and neither do documents without content. */
function isEmpty(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#.*|---\s*)?$/.test(line));
}

/** What nft alone has of a node whose rules of iptables were gathered with it. */
function isBesideIptables({ name, text, node }: Source, all: readonly Source[]): boolean {
  return node !== undefined && isNft(text) && all.some((other) => other.name === name && !isNft(other.text));
}

function notLookedAt({ name, text }: Source): Problem {
  const tables = [...text.matchAll(/^table (\S+ \S+) \{/gm)].map(([, table]) => table as string);
  const message = `${name} holds tables of nft, too, which are not looked into: ${shortened(tables)}`;
  return { code: 'rules-missing', severity: 'warning', message };
}

function nothingIn({ name }: Source): Problem {
  const message = `${name} is empty: there is nothing to check`;
  return {
    code: 'input-empty',
    severity: 'warning',
    message,
    expected: 'what iptables-save prints, or Kubernetes objects',
  };
}

function refuseWarnings(problems: readonly Problem[]): void {
  refuseErrors(problems.map((one) => (one.severity === 'warning' ? { ...one, severity: 'error' } : one)));
}

function nodeNamed(node: string | undefined) {
  return node === undefined ? {} : { node };
}
