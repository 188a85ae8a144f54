import { buildProgram, type Program } from '../engine/program.ts';
import type { Host } from '../host/model.ts';
import {
  isOfIpvsadm,
  readVirtualServers,
  type VirtualServers,
  withVirtualAddresses,
} from '../host/virtual-servers.ts';
import { readSets } from '../ipset/set-file.ts';
import type { Sets } from '../ipset/sets.ts';
import { withoutIpvs } from '../iptables/pasted/ipvs.ts';
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
