import { parsePacket } from '../engine/notation.ts';
import type { Packet } from '../engine/packet.ts';
import { packetFamily } from '../engine/packet.ts';
import type { NameDetail } from '../expect/file/detail.ts';
import { isNamedPacket, namedPacket } from '../expect/file/named-packet.ts';
import { isNameless, type Names } from '../expect/file/names.ts';
import { readSource } from '../files/files.ts';
import { addressesOfPods } from '../kube/cluster/pods.ts';
import { connectThrough, placeOf } from '../path/connect.ts';
import type { NodeRules } from '../path/connection.ts';
import type { Scene } from '../path/scene.ts';
import {
  printClusterConnectionJson,
  printClusterConnectionText,
  sayClusterConnection,
} from '../report/cluster-connection.ts';
import { printPacket } from '../report/trace-text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { checkOpening } from '../session/opening.ts';
import { openProgram } from '../session/program.ts';
import { refuse } from '../session/refuse.ts';
import { changedCluster, makeScene, type SceneChanges } from '../session/scene.ts';
import { rulesOfMode } from '../session/scene-modes.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import { loadCluster, loadConfig } from './load.ts';
import type { ProgramFlags } from './rules.ts';

interface NodesFlags extends ProgramFlags, SceneChanges {
  readonly connection?: string;
  readonly nodeRules: readonly string[];
  readonly format: 'text' | 'json';
}

/** Follows a connection through all nodes of manifests; `nodeRules` are dumps of some, in place of what is compiled. */
export function nodesAnswer(io: Io, files: readonly string[], flags: NodesFlags): Answer {
  if (flags.connection === undefined)
    return refuse<CommandDetail>(
      { code: 'nodes-with-connection' },
      want.written("--connection 'tcp A -> B'"),
    );
  if (flags.rules.length > 0)
    return refuse<CommandDetail>({ code: 'rules-of-one-node' }, want.thing('manifests-and-node-rules'));
  const config = loadConfig(io, flags.config, flags.mode);
  const {
    cluster: given,
    objects,
    problems,
  } = loadCluster(io, [...files, ...flags.cluster], flags, config.config.hostnameOverride);
  const cluster = changedCluster(given, flags);
  const packet = packetOf(flags.connection, {
    family: flags.family ?? 'ipv4',
    cluster,
    pods: addressesOfPods(objects),
  });
  checkOpening(packet);
  const family = packetFamily(packet);
  const staged = makeScene(cluster, cluster.services, family, config.config, flags, rulesOfMode);
  const found: Problem[] = [];
  const scene = withDumps(io, staged, flags.nodeRules, found);
  const place = placeOf(packet, scene.network);
  if (!place) return refuseSource(packet, scene);
  const report = {
    id: printPacket(packet),
    connections: connectThrough(scene, packet, place),
    assumed: [...scene.network.assumed, { code: 'server-answers' } as const, { code: 'first-port' } as const],
  };
  return {
    status: 0,
    output:
      flags.format === 'json' ? printClusterConnectionJson(report) : printClusterConnectionText(report, io),
    format: flags.format,
    problems: [...config.problems, ...problems, ...found],
    summary: () => sayClusterConnection(report, io.language),
  };
}

function packetOf(text: string, names: Names): Packet {
  const packet = isNamedPacket(text) ? namedPacket(text, names) : parsePacket({ name: '--connection', text });
  return isNameless(packet) ? refuse<NameDetail>(packet.detail, packet.expected) : packet;
}

function refuseSource(packet: Packet, { cluster }: Scene): never {
  const names = cluster.nodes.map(({ name }) => name).join(', ');
  return refuse<CommandDetail>(
    { code: 'no-node-sets-out', nodes: names, packet: printPacket(packet) },
    want.thing('some-client'),
  );
}

/** `worker-1=node.save`, in place of the rules that are compiled for that node; of one node there may be several texts. */
function withDumps(io: Io, scene: Scene, named: readonly string[], problems: Problem[]): Scene {
  const dumps = new Map<string, Source[]>();
  for (const text of named) {
    const equals = text.indexOf('=');
    const [node, file] = [text.slice(0, equals), text.slice(equals + 1)];
    if (equals < 1 || file === '' || !scene.cluster.nodes.some(({ name }) => name === node))
      refuse<CommandDetail>(
        { code: 'no-node-for-rules', text, node: equals < 1 ? text : node },
        want.thing('node-dump'),
      );
    dumps.set(node, [...(dumps.get(node) ?? []), readSource(io, file)]);
  }
  const { family } = scene.network;
  const rules = new Map<string, NodeRules>();
  for (const [node, texts] of dumps) {
    const { program, iptables, problems: found } = openProgram(textsOf(texts), { family });
    problems.push(...found);
    rules.set(node, { program, ruleset: iptables?.ruleset ?? null });
  }
  return { ...scene, rulesOf: (node) => rules.get(node) ?? scene.rulesOf(node) };
}

const textsOf = (dumps: readonly Source[]) => ({ dumps, objects: [], config: null });
