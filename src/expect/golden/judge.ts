import type { Family } from '../../address/address.ts';
import { byService, type ServiceChange } from '../../diff/services.ts';
import { compareTexts, type Hunk } from '../../diff/text.ts';
import { hostFieldsOf } from '../../host/build.ts';
import { readDump } from '../../iptables/dump/read.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import { assumeHost } from '../../proof/assume-host.ts';
import type { MadeUp } from '../../proof/assumption.ts';
import { comparePackets, type PacketComparison } from '../../proof/compare.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import type { GoldenRules } from './compile.ts';
import { type GoldenKey, goldenName, parseGoldenName } from './name.ts';

/** One side of a golden file that changed: what it holds, or what was compiled. */
export interface GoldenSide {
  readonly name: string;
  readonly ruleset: Ruleset;
  readonly source: Source;
}

/** What differs between a golden file and what the manifests give now. */
export interface GoldenChange {
  readonly before: GoldenSide;
  readonly after: GoldenSide;
  readonly packets: PacketComparison;
  readonly services: readonly ServiceChange[];
  /** Null: too different to be laid side by side. */
  readonly text: readonly Hunk[] | null;
  /** What was made up of the node. */
  readonly assumed: readonly MadeUp[];
}

/**
 * How it stands with one golden file. `same`: it holds these rules, whatever its counters and comment lines; `missing`:
 * there is none for this node and family; `stale`: there is no such node or family any more; `unreadable`: it is no dump.
 */
export type GoldenState =
  | { readonly status: 'same' | 'missing'; readonly rules: GoldenRules }
  | { readonly status: 'changed'; readonly rules: GoldenRules; readonly change: GoldenChange }
  | { readonly status: 'unreadable'; readonly rules: GoldenRules; readonly problems: readonly Problem[] }
  | { readonly status: 'stale' };

/** A golden file by its name, `NODE.FAMILY.save`, and how it stands to what is compiled. */
export type GoldenFile = GoldenKey & { readonly file: string } & GoldenState;

/**
 * Holds the golden files of one case against what was compiled for it. `expected` are files by their names; names that
 * are none of golden files are passed over.
 */
export function judgeGolden(
  wanted: readonly GoldenRules[],
  expected: ReadonlyMap<string, Source>,
): readonly GoldenFile[] {
  const judged = wanted.map((rules): GoldenFile => {
    const { node, family } = rules;
    const file = goldenName(rules);
    return { node, family, file, ...judge(rules, expected.get(file)) };
  });
  const names = new Set(wanted.map(goldenName));
  const stale = [...expected.keys()].flatMap((file): GoldenFile[] => {
    const key = parseGoldenName(file);
    return key && !names.has(file) ? [{ ...key, file, status: 'stale' }] : [];
  });
  return [...judged, ...stale];
}

function judge(rules: GoldenRules, expected: Source | undefined): GoldenState {
  if (!expected) return { status: 'missing', rules };
  if (expected.text === rules.text) return { status: 'same', rules };
  try {
    const change = compareWith(rules, expected);
    return change ? { status: 'changed', rules, change } : { status: 'same', rules };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { status: 'unreadable', rules, problems: error.problems };
  }
}

/** Null where the rules are the same. Throws an InputError where the file is no dump. */
function compareWith(rules: GoldenRules, expected: Source): GoldenChange | null {
  const { node, family, target } = rules;
  const before = sideOf(expected.name, expected, family);
  const name = `what is compiled for ${node}, ${family}`;
  const after = sideOf(name, { name: '<compiled>', text: rules.text }, family);
  const text = compareTexts(before.ruleset, after.ruleset);
  if (text?.length === 0) return null;
  const rulesets = [before.ruleset, after.ruleset] as const;
  const { host, assumed } = assumeHost(family, [hostFieldsOf(target, family)], rulesets);
  const packets = comparePackets(...rulesets, host);
  const services = byService(packets.classes, ...rulesets);
  return { before, after, packets, services, text, assumed };
}

function sideOf(name: string, source: Source, family: Family): GoldenSide {
  return { name, ruleset: readDump(source, { family }).ruleset, source };
}
