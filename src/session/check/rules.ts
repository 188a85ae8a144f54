import type { Family } from '../../address/address.ts';
import type { HostFields } from '../../host/model.ts';
import { readHost } from '../../host/read.ts';
import { countOwners } from '../../iptables/owners.ts';
import { checkNode } from '../../lint/check.ts';
import type { RuleFinding } from '../../lint/finding.ts';
import { ownerOfPlace } from '../../lint/reach/owners.ts';
import { assumedOf } from '../../lint/reach.ts';
import { asNeeded } from '../../lint/settings.ts';
import { hasAllNamed } from '../../nftables/check/named.ts';
import { isOfIpvs } from '../../nftables/ipvs.ts';
import { isNft } from '../../nftables/read/recognise.ts';
import { fingerprint } from '../../proof/rules/fingerprint.ts';
import { uniqueData } from '../../text/data-key.ts';
import { type Problem, saidOnce } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { dumpsByFamily } from '../joined.ts';
import { type NodeState, nothingKnown, programBeside, readNodeState } from '../node-state.ts';
import type { CheckNote } from '../note.ts';
import { familiesOf, type NodeProgram, openProgram } from '../program.ts';
import { refusedBy } from '../refused.ts';
import { dumpSide, type Side } from '../side.ts';

/** Rules of one family, as they are looked at and told. */
export type CheckedRules = Pick<NodeProgram, 'program' | 'texts' | 'iptables' | 'nft'>;

/** The rules of a node that are looked at together, and what was found in them. */
export interface OpenedRules {
  /** Of each family. */
  readonly rules: readonly CheckedRules[];
  readonly findings: readonly RuleFinding[];
  /** User's chains by whose they are. */
  readonly owners: ReadonlyMap<string, number>;
  readonly notes: readonly CheckNote[];
  readonly problems: readonly Problem[];
  /** Of a dump alone. */
  readonly side: Side | null;
}

/** What rules are opened with. */
export interface OpenRequest {
  readonly family?: Family;
  /** The node's network. */
  readonly host: readonly Source[];
  /** The texts are given in the order in which they were loaded. */
  readonly loadedInOrder?: boolean | undefined;
}

/** Opens the texts of one node, and looks for what is wrong with the rules. Dumps of both families are looked at one after the other. */
export function openNode(texts: readonly Source[], given: OpenRequest): readonly OpenedRules[] {
  const { family } = given;
  const { host = [], sets = [] } = texts.find(({ node }) => node)?.node ?? {};
  const request = { ...given, host: given.host.length > 0 ? given.host : host };
  const state = sets.length === 0 ? nothingKnown : readNodeState(sets);
  if (texts.some(({ text }) => isNft(text))) {
    const families = familiesOf(texts).filter((one) => family === undefined || one === family);
    const opened = families.map((one) =>
      openProgram(
        { dumps: texts, objects: [], config: null },
        { family: one, loadedInOrder: given.loadedInOrder, state },
      ),
    );
    // The tables of both dumps have the same names.
    const isApart = opened.filter(({ iptables }) => iptables).length > 1;
    const refused = opened.some(({ nft }) => nft.some(({ tables }) => !tables.every(hasAllNamed)))
      ? texts.flatMap(refusedBy)
      : [];
    return (isApart ? opened.map((one) => [one]) : [opened]).map((parts, at) =>
      openedPrograms(parts, request, at === 0 ? refused : []),
    );
  }
  const dumps = dumpsByFamily(texts);
  const wanted = dumps.filter((one) => family === undefined || (one.family ?? family) === family);
  return (wanted.length === 0 ? dumps.slice(0, 1) : wanted).map((one) =>
    openedDump(one.source, family ?? one.family ?? undefined, request, state),
  );
}

function openedDump(
  given: Source,
  family: Family | undefined,
  { host }: OpenRequest,
  state: NodeState,
): OpenedRules {
  const side = dumpSide(given.name, given, family, 'told');
  const { ruleset, source, problems, notes } = side;
  const program =
    state === nothingKnown ? fingerprint(ruleset).program : programBeside(ruleset, source, state);
  const rules: CheckedRules = {
    program,
    texts: [{ source, tables: new Set<string>(ruleset.tables.map(({ name }) => name)) }],
    iptables: { ruleset, source },
    nft: [],
  };
  const known = hostOf(host, ruleset.family);
  const node = { program, iptables: ruleset, nft: [] };
  return {
    rules: [rules],
    findings: checkNode([node], () => known.fields),
    owners: countOwners(ruleset),
    notes: [...notes, ...notesOf(rules), ...assumedOf(node, asNeeded(ruleset.family, known.fields))],
    problems: [...problems, ...known.problems],
    side,
  };
}

function openedPrograms(
  opened: readonly NodeProgram[],
  { host }: OpenRequest,
  refused: readonly Problem[],
): OpenedRules {
  const known = opened.map(({ family }) => hostOf(host, family));
  const nodes = opened.map(({ program, iptables, nft }) => ({
    program,
    iptables: iptables?.ruleset ?? null,
    nft,
  }));
  const problems = [...opened, ...known].flatMap((one) => one.problems);
  return {
    rules: opened,
    findings: checkNode(
      nodes,
      (family) => known[opened.findIndex((one) => one.family === family)]?.fields ?? [],
    ),
    owners: ownersOf(opened),
    notes: uniqueData([
      ...opened.flatMap(notesOf),
      ...nodes.flatMap((one, at) => assumedOf(one, asNeeded(one.program.family, known[at]?.fields ?? []))),
    ]),
    problems: [...saidOnce(problems), ...refused],
    side: null,
  };
}

function hostOf(
  host: readonly Source[],
  family: Family,
): { readonly fields: readonly HostFields[]; readonly problems: readonly Problem[] } {
  const read = host.map((source) => readHost(source, family));
  return { fields: read.map(({ fields }) => fields), problems: read.flatMap(({ problems }) => problems) };
}

function ownersOf(opened: readonly CheckedRules[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const known = new Set<string>();
  for (const { program } of opened) {
    for (const [key, { policy, table, name }] of program.chains) {
      if (policy !== null || known.has(key)) continue;
      known.add(key);
      const owner = ownerOfPlace({ table, chain: name }) ?? 'somebody else';
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
  }
  return counts;
}

function notesOf({ program, iptables, nft }: CheckedRules): readonly CheckNote[] {
  const isIpvs =
    (iptables && countOwners(iptables.ruleset).has("kube-proxy's ipvs mode")) ||
    nft.some(({ tables }) => tables.some(isOfIpvs));
  return [...(isIpvs ? [{ code: 'ipvs-rules' } as const] : []), ...(program.assumed ?? [])];
}
