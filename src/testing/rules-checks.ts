import type { Family } from '../address/address.ts';
import { byService } from '../diff/services.ts';
import { compareTexts } from '../diff/text.ts';
import { readDump } from '../iptables/dump/read.ts';
import { writeDump } from '../iptables/dump/write.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { assumeHost } from '../proof/assume-host.ts';
import { comparePackets } from '../proof/compare.ts';
import { printDiffText } from '../report/diff-text.ts';
import { printDiffUnified } from '../report/diff-unified.ts';
import { printNftDiff } from '../report/nft-diff.ts';
import type { DiffReport } from '../session/comparison.ts';
import { compareNft, prepareNft } from '../session/nft-comparison.ts';
import { type NodeProgram, openProgram } from '../session/program.ts';
import { type Expected, want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Check } from './check.ts';
import { TestNode } from './node.ts';

/** Rules: the text of a dump, that with its name, what `readDump` or `compileNode` made, or another node. */
export type Rules = string | Source | Ruleset | TestNode;

/** The node has these rules, in the kernel's spelling, whatever their counters and comment lines. */
export const matchesRules: Check<TestNode, [Rules]> = (received, negated, rules) => {
  if (isOfNft(received, rules)) return refuseNft('toMatchRules', want.written('toBeEquivalentTo'));
  const report = compareWith(received, rules, false);
  const same = report.text?.length === 0;
  const message = negated
    ? `expected ${received.name} to have other rules than ${report.before.name}, but they are the same`
    : `expected ${received.name} to have the rules of ${report.before.name}\n\n${printDiffUnified(report)}`;
  return { fits: same !== negated, message };
};

/**
 * No packet has another fate than by these rules, on this node's network: proved, so that what cannot be proved fits
 * neither this nor, where no packet is known that does, its opposite.
 */
export const equivalentTo: Check<TestNode, [Rules]> = (received, negated, rules) => {
  if (isOfNft(received, rules)) return likeNft(received, negated, rules);
  const report = compareWith(received, rules, true);
  const { same, classes } = report.packets;
  const opposite = same ? 'they do' : 'no packet is known that does not';
  const message = negated
    ? `expected ${received.name} not to treat packets as ${report.before.name} does, but ${opposite}`
    : `expected ${received.name} to treat packets as ${report.before.name} does\n\n${printDiffText(report, { color: false, verbose: true })}`;
  return { fits: negated ? classes.length > 0 : same, message };
};

/** What is compiled for the node is what a golden file holds; null: there is no such file. */
export const compilesTo: Check<TestNode, [Source | null, string]> = (received, negated, golden, file) => {
  if (isOfNft(received, golden ?? '')) return refuseNft('toCompileTo', want.written('toBeEquivalentTo'));
  if (golden === null)
    return {
      fits: negated,
      message: `there is no golden file ${file} for ${received.name}; an update writes it`,
    };
  if (golden.text === received.text) return { fits: !negated, message: sayCompiled(received, file) };
  const report = compareWith(received, golden, true);
  const same = report.text?.length === 0;
  return {
    fits: same !== negated,
    message: same
      ? sayCompiled(received, file)
      : `expected ${received.name} to compile to ${file}\n\n${printDiffText(report, { color: false, verbose: true })}`,
  };
};

/** Whether rules of either side are of nft. */
function isOfNft(received: TestNode, rules: Rules): boolean {
  if (received.all) return true;
  if (rules instanceof TestNode) return rules.all !== null;
  return !(typeof rules !== 'string' && 'tables' in rules) && isNft(textOf(rules));
}

function textOf(rules: string | Source): string {
  return typeof rules === 'string' ? rules : rules.text;
}

function refuseNft(what: string, expected: Expected): never {
  const message = `${what} compares rules of iptables, and here are rules of nft`;
  throw new InputError([{ code: 'flag-value', severity: 'error', message, expected }]);
}

/** The same for rules of which some are of nft: proved rule by rule, or packets are tried. */
function likeNft(received: TestNode, negated: boolean, rules: Rules): ReturnType<typeof equivalentTo> {
  const { family } = received;
  const [before, after] = [rules, received].map((side) => programOf(side, family)) as [
    NodeProgram,
    NodeProgram,
  ];
  const comparison = compareNft(prepareNft(before, after, received.network));
  const told = printNftDiff([comparison]);
  const says = negated
    ? 'not to treat packets as the given rules do'
    : 'to treat packets as the given rules do';
  const fits = negated ? comparison.witnesses.length > 0 : comparison.same;
  return { fits, message: `expected ${received.name} ${says}\n\n${told}` };
}

function programOf(rules: Rules, family: Family): NodeProgram {
  if (rules instanceof TestNode && rules.all) return rules.all;
  const source =
    rules instanceof TestNode
      ? rules.source
      : typeof rules === 'string'
        ? { name: 'the given rules', text: rules }
        : 'tables' in rules
          ? { name: 'the given rules', text: writeDump(rules) }
          : rules;
  return openProgram({ dumps: [source], objects: [], config: null }, { family });
}

function sayCompiled(received: TestNode, file: string): string {
  return `expected ${received.name} not to compile to ${file}, but it does`;
}

/** What differs, the given rules being those before. */
export function compareWith(received: TestNode, rules: Rules, packetsToo: boolean): DiffReport {
  const before = sideOf(rules, received);
  const after = { name: received.name, ruleset: received.ruleset, source: received.source };
  const text = compareTexts(before.ruleset, after.ruleset);
  if (!packetsToo || text?.length === 0) {
    const packets = { classes: [], unproved: [], left: [], same: true, looked: 0, assumed: [] };
    return {
      before,
      after,
      packets,
      services: [],
      text,
      notes: [],
      assumed: [],
      status: text?.length === 0 ? 0 : 1,
    };
  }
  const rulesets = [before.ruleset, after.ruleset] as const;
  const { host, assumed } = assumeHost(received.family, received.network, rulesets);
  const packets = comparePackets(...rulesets, host);
  const services = byService(packets.classes, ...rulesets);
  return { before, after, packets, services, text, notes: [], assumed, status: packets.same ? 0 : 1 };
}

function sideOf(rules: Rules, { family }: TestNode): DiffReport['before'] {
  const side = rules instanceof TestNode ? rules : readRules(rules, family);
  if (side.ruleset.family === family) return { name: side.name, ruleset: side.ruleset, source: side.source };
  const message = `${side.name} is ${side.ruleset.family}`;
  const expected = want.thing('rules-of', family);
  throw new InputError([{ code: 'address-family', severity: 'error', message, expected }]);
}

/** Rules that were not read from a text are compared as their own, so that lines can be pointed at. */
function readRules(rules: string | Ruleset | Source, family: Family): DiffReport['before'] {
  const source =
    typeof rules === 'string'
      ? { name: 'the given rules', text: rules }
      : 'tables' in rules
        ? { name: 'the given rules', text: writeDump(rules) }
        : rules;
  const own = typeof rules !== 'string' && 'tables' in rules ? rules.family : family;
  return { name: source.name, ruleset: readDump(source, { family: own }).ruleset, source };
}
