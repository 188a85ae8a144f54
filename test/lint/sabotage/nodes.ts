import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../../../src/address/address.ts';
import { cases, fixtures, readCase } from '../../cases.ts';
import { type Break, breaks } from './breaks.ts';
import { nftBreaks } from './nft-breaks.ts';
import type { Sent } from './outage.ts';

/** A node whose rules are as they should be. */
export interface HealthyNode {
  readonly id: string;
  /** Of the recorded cases: its network, and packets for its services. */
  readonly case: string;
  readonly mode: 'iptables' | 'nftables';
  readonly family: Family;
  /** Its rules, in the order in which they are loaded; what kube-proxy wrote is in the last one. */
  readonly texts: readonly string[];
}

/** What is recorded of a node: packets for its services, and who was cut off when it was broken. */
export const sabotage = join(fixtures, 'sabotage');

/** Programs whose rules stand on a node beside those of kube-proxy, as they leave them. */
export const besides = ['docker', 'calico'] as const;

const plain = cases.filter((one) => readCase(one, 'iptables.save').includes('-j DNAT'));
const named = plain.filter(({ id }) => id.startsWith('named/') && !id.endsWith('large-cluster'));
const random = plain.filter(({ id }) => id.startsWith('random/'));
const bare = (id: string) => id.slice(id.indexOf('/') + 1);

/** Nodes of all topics, and some of the generated ones. */
export const nodes: readonly HealthyNode[] = [...named.slice(0, 24), ...random.slice(0, 12)].map((one) => ({
  id: one.id,
  case: one.id,
  mode: 'iptables' as const,
  family: one.family,
  texts: [readCase(one, 'iptables.save')],
}));

/** With others beside, as iptables-save then printed it. */
export const mixed: readonly HealthyNode[] = besides.flatMap((beside) =>
  ['external-ips', 'internal-policy-local'].flatMap((name) => {
    const file = join(sabotage, `${beside}-${name}.save`);
    return existsSync(file)
      ? [
          {
            id: `${beside}/${name}`,
            case: `named/${name}`,
            mode: 'iptables' as const,
            family: 'ipv4' as const,
            texts: [readFileSync(file, 'utf8')],
          },
        ]
      : [];
  }),
);

const nft = join(fixtures, 'conformance/nftables');

/** kube-proxy's table of one family. */
function tableOf(release: string, name: string, family: Family): string | null {
  const file = join(nft, release, `${name}.nft`);
  const start = family === 'ipv4' ? 'table ip kube-proxy {\n' : 'table ip6 kube-proxy {\n';
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const table = text.slice(text.indexOf(start), text.indexOf('\n}\n', text.indexOf(start)) + 3);
  return text.includes(start) && table.includes('dnat') ? table : null;
}

const releases = ['1.37.2', '1.33.5', '1.36.3', '1.35.4'] as const;

/** Each in the shape of one release, which comes round; and some with others' tables beside. */
export const nftNodes: readonly HealthyNode[] = [
  ...[...named.slice(0, 34), ...random.slice(0, 10)].flatMap((one, at) => {
    // kube-proxy takes no endpoint without a node for one of its own pods, so that it does not reach itself: that is told.
    if (one.id.endsWith('/endpoint-without-node')) return [];
    const turned = releases.map((_, next) => releases[(at + next) % releases.length] as string);
    return nftNode(one, turned, null);
  }),
  ...(['docker', 'calico', 'ufw'] as const).flatMap((beside) =>
    named
      .filter(({ id }) => /^named\/(?:external-ips|internal-policy-local)$/.test(id))
      .flatMap((one) => nftNode(one, releases, beside)),
  ),
];

function nftNode(
  { id, family }: (typeof cases)[number],
  wanted: readonly string[],
  beside: string | null,
): HealthyNode[] {
  if (!existsSync(join(nft, 'flows', `${bare(id)}.json`))) return [];
  for (const release of wanted) {
    const table = tableOf(release, bare(id), family);
    if (table === null) continue;
    const texts = beside === null ? [] : [readFileSync(join(sabotage, `${beside}.beside`), 'utf8')];
    const own = [beside, release, bare(id)].filter((part) => part !== null).join('/');
    return [{ id: own, case: id, mode: 'nftables', family, texts: [...texts, table] }];
  }
  return [];
}

/** The ways to break a node. */
export function breaksOf({ mode }: HealthyNode): Readonly<Record<string, Break>> {
  return mode === 'iptables' ? breaks : nftBreaks;
}

/** The texts of a node that was broken so; null where it has nothing to break so. */
export function brokenTexts(node: HealthyNode, name: string): readonly string[] | null {
  const own = node.texts.at(-1) as string;
  const broken = breaksOf(node)[name]?.(own);
  return broken ? [...node.texts.slice(0, -1), broken] : null;
}

interface Flows {
  readonly host: {
    readonly addresses: readonly string[];
    readonly podCIDR?: string;
    readonly clusterCIDR?: string;
    readonly podGateway?: string;
    readonly sysctls?: Readonly<Record<string, number>>;
  };
  readonly packets: readonly Sent[];
}

/** The network of a node, and packets for its services. */
export function flowsOf(node: HealthyNode): Flows {
  if (node.mode === 'nftables')
    return JSON.parse(readFileSync(join(nft, 'flows', `${bare(node.case)}.json`), 'utf8'));
  const own = cases.find((one) => one.id === node.case) as (typeof cases)[number];
  return JSON.parse(readCase(own, 'flows.json'));
}
