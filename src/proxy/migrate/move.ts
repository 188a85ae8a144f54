import { type Family, families } from '../../address/address.ts';
import type { ProxyConfig } from '../../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../../kube/cluster/model.ts';
import { chooseMode, refuseStart } from '../decide/choice.ts';
import { decideNode, type NodeDecisions } from '../decide/node.ts';
import { knownRelease } from '../decide/release.ts';
import { type ExceptionCode, exceptionsOf } from './exceptions.ts';
import type { PacketClass } from './packets.ts';
import { witnessOf } from './witness.ts';

/** One side of a move: kube-proxy so configured, of a release. */
export interface MoveSide {
  readonly config: ProxyConfig;
  readonly version: string;
}

/** What a move changes on one node, in one family, for one reason. */
export interface MoveFinding {
  readonly code: ExceptionCode;
  readonly node: string;
  readonly family: Family;
  readonly packets: readonly PacketClass[];
  /** A packet, as `kubenat trace --packet` takes it; null where none was found among those that are tried. */
  readonly witness: string | null;
}

export interface MoveReport {
  readonly findings: readonly MoveFinding[];
  /** Whether it is proved that all other packets fare as before: nothing but equal sides is, yet. */
  readonly rest: 'proved' | 'unproved';
}

/** What changes for packets on nodes of a cluster. Throws an InputError where one side does not start. */
export function compareMove(
  cluster: Cluster,
  nodes: readonly ClusterNode[],
  from: MoveSide,
  to: MoveSide,
): MoveReport {
  const [before, after] = [from, to].map((side) => decider(cluster, side)) as [Decide, Decide];
  const findings = nodes.flatMap((node) =>
    families.flatMap((family): readonly MoveFinding[] => {
      const [was, is] = [before(node, family), after(node, family)];
      const own = [...node.internalAddresses, ...node.externalAddresses];
      return exceptionsOf(was, is).map(({ code, packets }) => {
        const witness = packets.map((one) => witnessOf(one, is, own)).find((text) => text !== null) ?? null;
        return { code, node: node.name, family, packets, witness };
      });
    }),
  );
  return { findings, rest: isSame(from, to) ? 'proved' : 'unproved' };
}

type Decide = (node: ClusterNode, family: Family) => NodeDecisions;

function decider(cluster: Cluster, { config, version }: MoveSide): Decide {
  const release = knownRelease(version);
  refuseStart(config, release, version);
  chooseMode(config, release, version);
  return (node, family) => decideNode(cluster, node, config, release, family);
}

function isSame(from: MoveSide, to: MoveSide): boolean {
  return from.config.mode === to.config.mode && knownRelease(from.version) === knownRelease(to.version);
}
