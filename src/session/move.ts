import { type Family, families } from '../address/address.ts';
import type { ProxyConfig } from '../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../kube/cluster/model.ts';
import { chooseMode, refuseStart } from '../proxy/decide/choice.ts';
import { decideNode, type NodeDecisions } from '../proxy/decide/node.ts';
import { fullVersion, knownRelease } from '../proxy/decide/release.ts';
import { type ExceptionCode, exceptionsOf } from '../proxy/migrate/exceptions.ts';
import type { PacketClass } from '../proxy/migrate/packets.ts';
import { witnessOf } from '../proxy/migrate/witness.ts';
import { haveSameRules } from './move-rules.ts';
import { type TriedPacket, tryMove } from './move-trial.ts';
import { type Part, type Shard, shareOf } from './shard.ts';

/** One side of a move: kube-proxy so configured, of a release. */
export interface MoveSide {
  readonly config: ProxyConfig;
  readonly version: string;
}

/** What runs on one side: `1.33.13` where the newest of 1.33 was asked for. */
export interface SideName {
  readonly mode: MoveSide['config']['mode'];
  readonly release: string;
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
  /** Null: these are all nodes. */
  readonly part: Part | null;
  readonly from: SideName;
  readonly to: SideName;
  readonly findings: readonly MoveFinding[];
  /** Whether it is proved that all other packets fare as before: nothing but equal rules is, yet. */
  readonly rest: 'proved' | 'unproved';
  /** Packets that were walked through the rules of both sides, and on which nodes. */
  readonly tried: { readonly packets: number; readonly nodes: readonly string[] };
  /** Of these, one for each node and family that fares otherwise though no reason names it: a fault of the reasons. */
  readonly unnamed: readonly UnnamedPacket[];
}

export interface UnnamedPacket extends TriedPacket {
  readonly node: string;
  readonly family: Family;
}

/** So many packets are walked through the rules of a node and family at most. */
const mostPackets = 500;

/**
 * What changes for packets on nodes of a cluster. Throws an InputError where one side does not start.
 * @param triedNodes through the rules of so many nodes packets are walked
 * @param shard a part of the nodes
 */
export function compareMove(
  cluster: Cluster,
  nodes: readonly ClusterNode[],
  from: MoveSide,
  to: MoveSide,
  triedNodes = 4,
  shard: Shard | null = null,
): MoveReport {
  const [before, after] = [from, to].map((side) => decider(cluster, side)) as [Decide, Decide];
  const isEqual = isSame(from, to);
  let isProved = true;
  const unnamed: UnnamedPacket[] = [];
  const triedOn = isEqual ? [] : spread(nodes, triedNodes);
  let packets = 0;
  const own = shareOf(nodes, shard);
  const findings = own.flatMap((node) =>
    families.flatMap((family): readonly MoveFinding[] => {
      const [was, is] = [before(node, family), after(node, family)];
      const addresses = [...node.internalAddresses, ...node.externalAddresses];
      const exceptions = exceptionsOf(was, is);
      // One that is not is enough: the rules of the others need not be made.
      isProved &&= exceptions.length === 0 && (isEqual || haveSameRules(was, is));
      if (triedOn.includes(node) && was.servicePorts.length + is.servicePorts.length > 0) {
        const { tried, unnamed: found } = tryMove(was, is, node, exceptions, mostPackets);
        packets += tried;
        unnamed.push(...found.slice(0, 1).map((one) => ({ ...one, node: node.name, family })));
      }
      return exceptions.map(({ code, packets: classes }) => {
        const witness =
          classes.map((one) => witnessOf(one, is, addresses)).find((text) => text !== null) ?? null;
        return { code, node: node.name, family, packets: classes, witness };
      });
    }),
  );
  const tried = { packets, nodes: triedOn.filter((node) => own.includes(node)).map(({ name }) => name) };
  const part = shard && { ...shard, all: own.map(({ name }) => name) };
  const [was, is] = [from, to].map(nameOf) as [SideName, SideName];
  return { from: was, to: is, findings, rest: isProved ? 'proved' : 'unproved', tried, unnamed, part };
}

function nameOf({ config, version }: MoveSide): SideName {
  return { mode: config.mode, release: fullVersion(version) };
}

/** At most so many of a list, evenly chosen. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.ceil(all.length / most);
  return all.filter((_, at) => at % step === 0);
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
