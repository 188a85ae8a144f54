import { describe, expect, test } from 'vitest';
import { formatAddress, formatEndpoint } from '../../src/address/address.ts';
import { buildCluster, readManifests } from '../../src/index.ts';
import { type ProxyMode, readProxyConfig } from '../../src/kube/cluster/config.ts';
import type { ClusterNode } from '../../src/kube/cluster/model.ts';
import { decideNode } from '../../src/proxy/decide/node.ts';
import { findRelease, type Release } from '../../src/proxy/decide/release.ts';
import { exceptionsOf } from '../../src/proxy/migrate/exceptions.ts';
import { type TriedPacket, tryMove } from '../../src/session/move-trial.ts';
import { cases, readCase } from '../cases.ts';
import { Random } from '../kernel/nft/random.ts';
import { propertySeed } from '../seed.ts';
import { generateMove } from './generate.ts';

// Packets walked through the rules of both sides of a move, held against the reasons that it names.

interface Move {
  readonly name: string;
  readonly cluster: string;
  readonly config: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly from: readonly [mode: ProxyMode, release: string];
  readonly to: readonly [mode: ProxyMode, release: string];
  /** So many packets at most, where it is not as many as of all. */
  readonly packets?: number;
}

const most = Number(process.env.KUBENAT_MOVE_PACKETS ?? 100);
const generated = Number(process.env.KUBENAT_MOVES ?? 50);

const sides: readonly Pick<Move, 'from' | 'to'>[] = [
  { from: ['iptables', '1.33'], to: ['nftables', '1.37'] },
  { from: ['iptables', '1.33'], to: ['nftables', '1.37'] },
  { from: ['iptables', '1.30'], to: ['nftables', '1.33'] },
  { from: ['iptables', '1.25'], to: ['nftables', '1.35'] },
  { from: ['nftables', '1.37'], to: ['iptables', '1.36'] },
  { from: ['iptables', '1.25'], to: ['iptables', '1.37'] },
  { from: ['iptables', '1.30'], to: ['iptables', '1.34'] },
  { from: ['nftables', '1.33'], to: ['nftables', '1.37'] },
  { from: ['iptables', '1.33'], to: ['nftables', '1.33.5'] },
];

const moves: readonly Move[] = [
  ...cases
    .filter(({ id }) => id.startsWith('random/'))
    .map((case_) => ({
      name: case_.id,
      cluster: readCase(case_, 'cluster.yaml'),
      config: readCase(case_, 'kube-proxy.yaml'),
      family: case_.family,
      from: ['iptables', '1.33'] as const,
      to: ['nftables', '1.37'] as const,
    })),
  // What two releases were found to do otherwise: nftables mode before 1.33.6 to the node's own packets, and endpoints behind source ranges.
  ...(
    [
      ['random/r042', ['iptables', '1.33.5'], ['nftables', '1.33.5']],
      ['random/r042', ['nftables', '1.33.5'], ['nftables', '1.37']],
      ['random/r023', ['iptables', '1.25'], ['iptables', '1.37']],
    ] as const
  ).flatMap(([id, from, to]) =>
    cases
      .filter((case_) => case_.id === id)
      .map((case_) => ({
        name: id,
        cluster: readCase(case_, 'cluster.yaml'),
        config: readCase(case_, 'kube-proxy.yaml'),
        family: case_.family,
        from,
        to,
        packets: 1000,
      })),
  ),
  // nft refuses the tables of 1.33.5 there, and takes those of 1.37 (fixtures/conformance/nftables/1.33.5).
  ...cases
    .filter(({ id }) => /detect-local-(?:bridge|prefix)$|r0(?:03|16|18|23)$/.test(id))
    .flatMap((case_) =>
      (['iptables', 'nftables'] as const).map((mode) => ({
        name: case_.id,
        cluster: readCase(case_, 'cluster.yaml'),
        config: readCase(case_, 'kube-proxy.yaml'),
        family: case_.family,
        from: [mode, '1.37'] as const,
        to: ['nftables', '1.33.5'] as const,
      })),
    ),
  ...Array.from({ length: generated }, (_, index) => {
    const random = new Random(propertySeed + index);
    return {
      name: `generated ${propertySeed + index}`,
      ...generateMove(random),
      ...(sides[index % sides.length] as (typeof sides)[number]),
    };
  }),
];

function tryOne({ cluster: text, config: configuration, family, from, to, packets = most }: Move) {
  const manifests = readManifests([{ name: 'cluster.yaml', text }]);
  const { cluster, problems } = buildCluster(manifests.objects);
  expect([...manifests.problems, ...problems].filter(({ severity }) => severity === 'error')).toEqual([]);
  const node = cluster.nodes.find(({ name }) => name === 'worker-1') as ClusterNode;
  const [was, is] = [from, to].map(([mode, release]) => {
    const { config } = readProxyConfig({ name: 'kube-proxy.yaml', text: configuration }, mode);
    return decideNode(cluster, node, config, findRelease(release) as Release, family);
  }) as [ReturnType<typeof decideNode>, ReturnType<typeof decideNode>];
  return { trial: tryMove(was, is, node, exceptionsOf(was, is), packets) };
}

const say = ({ name, from, to }: Move, { packet, before, after, codes }: TriedPacket): string => {
  const { protocol, source, destination, destinationPort } = packet;
  const ends = `${protocol} ${formatAddress(source)} -> ${formatEndpoint(destination, destinationPort ?? 0)}`;
  const fates = [before, after].map((outcomes) =>
    outcomes
      .map(({ verdict, dnat, src, delivered, weight }) => [weight, verdict, dnat, src, delivered].join(' '))
      .join(' | '),
  );
  return `${name} ${from.join()} ${to.join()} ${ends} from ${packet.from} [${codes}] ${fates.join(' => ')}`;
};

const tried = moves.map((move) => ({ move, ...tryOne(move) }));

describe(`${moves.length} moves between modes and releases`, () => {
  test('no packet fares otherwise outside of what is named', () => {
    const found = tried.flatMap(({ move, trial }) => trial.unnamed.map((one) => say(move, one)));
    expect(found).toEqual([]);
  });

  test('none that is named fares as before', () => {
    const found = tried.flatMap(({ move, trial }) =>
      trial.unchanged.filter((one) => !isReplacedByItself(one)).map((one) => say(move, one)),
    );
    expect(found).toEqual([]);
  });

  test('each reason that is about first packets was met', () => {
    const met = new Set(tried.flatMap(({ trial }) => [...trial.met]));
    expect([...met].sort()).toEqual([
      'endpoints',
      'hairpin',
      'loopback-from-outside',
      'masquerade',
      'no-table',
      'node-port-refused',
      'node-port-served',
      'own-packet-dropped',
      'own-packet-refused',
      'ranges-before-refusal',
      'unallocated-address',
      'unused-port',
    ]);
    const [walked, named] = [
      tried.reduce((sum, { trial }) => sum + trial.tried - trial.open, 0),
      tried.reduce((sum, { trial }) => sum + trial.named, 0),
    ];
    console.log(`${walked} packets, ${named} fare otherwise as a reason says`);
    expect(tried.reduce((sum, { trial }) => sum + trial.open, 0)).toBe(0);
    expect(named).toBeGreaterThan(walked / 10);
  });
});

/** What the node sends from the address that masquerading gives it. */
function isReplacedByItself({ packet, before, after, codes }: TriedPacket): boolean {
  const source = formatAddress(packet.source);
  return (
    packet.from === 'host' &&
    codes.every((code) => code === 'masquerade') &&
    [...before, ...after].every(({ src }) => src === source)
  );
}
