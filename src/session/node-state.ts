import { buildProgram, type Program } from '../engine/program.ts';
import type { Host } from '../host/model.ts';
import {
  isOfIpvsadm,
  readVirtualServers,
  type VirtualServers,
  withVirtualAddresses,
} from '../host/virtual-servers.ts';
import { keptSet } from '../ipset/held.ts';
import { readSets } from '../ipset/set-file.ts';
import type { Sets } from '../ipset/sets.ts';
import { withoutIpvs } from '../iptables/pasted/ipvs.ts';
import type { KeptSet } from '../iptables/rule/kept-set.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

/** What a node keeps beside its rules, and they ask for. */
export interface NodeState {
  /** Null where nobody said. */
  readonly sets: Sets;
  readonly servers: VirtualServers | null;
}

export const nothingKnown: NodeState = { sets: null, servers: null };

/**
 * Reads what `ipset save`, `ipset list`, `ipvsadm -Sn` and `ipvsadm -Ln` print, each in a text of its own or several in one.
 * Throws an InputError with all that is wrong.
 */
export function readNodeState(sources: readonly Source[]): NodeState {
  const problems: Problem[] = [];
  const found = sources.flatMap((source) => readVirtualServers(source, problems) ?? []);
  refuseErrors(problems);
  const others = found.length === 0 ? sources : sources.map(withoutServers);
  const holding = others.filter(({ text }) => found.length === 0 || text.trim() !== '');
  return {
    sets: holding.length === 0 ? null : readSets(holding),
    servers:
      found.length === 0
        ? null
        : {
            byKey: new Map(found.flatMap(({ byKey }) => [...byKey])),
            byMark: found.some(({ byMark }) => byMark),
          },
  };
}

/** Whether a text tells what a node keeps, and no rules: by its first line that is no comment. */
export function isNodeState(text: string): boolean {
  const first = text.split('\n', 200).find((line) => !/^\s*(?:#.*)?$/.test(line));
  return first !== undefined && (isOfIpset(first) || isOfIpvsadm(first.trim()));
}

const isOfIpset = (line: string): boolean =>
  /^\s*(?:(?:create|add) \S+ (?:hash|bitmap|list):|Name: \S+\s*$)/.test(line);

/** Of texts that are all of one node: those that tell what it keeps stand beside its rules, as if they were gathered with them. */
export function besideRules(sources: readonly Source[]): readonly Source[] {
  const kept = sources.filter(({ text }) => isNodeState(text));
  const rules = sources.filter((source) => !kept.includes(source));
  if (kept.length === 0 || rules.length === 0) return sources;
  const gathered = rules.find(({ node }) => node)?.node ?? { hostname: null, host: [], sets: [] };
  const node = { ...gathered, sets: [...gathered.sets, ...kept] };
  return rules.map((one) => ({ ...one, node }));
}

/** The texts that tell what a node keeps, beside its rules. */
export const setsBeside = (rules: readonly Source[]): readonly Source[] =>
  rules.find(({ node }) => node)?.node?.sets ?? [];

/** What each set of a node holds, where that was told beside its rules. */
export function keptBeside(rules: readonly Source[]): ReadonlyMap<string, KeptSet> | undefined {
  const texts = setsBeside(rules);
  const { sets } = texts.length === 0 ? nothingKnown : readNodeState(texts);
  return sets === null ? undefined : new Map([...sets.keys()].map((name) => [name, keptSet(sets, name)]));
}

/** Lines keep their places. */
function withoutServers({ name, text }: Source): Source {
  const lines = text.split('\n').map((line) => (isOfIpvsadm(line.trim()) ? ' '.repeat(line.length) : line));
  return { name, text: lines.join('\n') };
}

/** The program of a node's rules beside what it keeps. */
export function programBeside(ruleset: Ruleset, source: Source, { sets, servers }: NodeState): Program {
  return servers
    ? buildProgram(withoutIpvs(ruleset), source, sets, servers)
    : buildProgram(ruleset, source, sets);
}

export function hostBeside(host: Host, { servers }: NodeState): Host {
  return servers ? withVirtualAddresses(host, servers) : host;
}
