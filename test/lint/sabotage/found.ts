import { parseAddress } from '../../../src/address/address.ts';
import { protocolNumbers } from '../../../src/address/protocols.ts';
import { type Finding, severities } from '../../../src/lint/finding.ts';
import { identityOf, serviceOf } from '../../../src/lint/identity.ts';
import type { Front } from '../../../src/lint/reach/front.ts';
import { proxiesIn } from '../../../src/lint/reach.ts';
import { openNode } from '../../../src/session/check/rules.ts';
import { flowsOf, type HealthyNode } from './nodes.ts';

/** Of a node of nftables mode, whose table does not tell which endpoints are its own pods, the network is told, too. */
function open(node: HealthyNode, texts: readonly string[]) {
  const { family, mode } = node;
  const sources = texts.map((text, at) => ({ name: `node ${at}`, text }));
  const host = { name: 'host', text: JSON.stringify(flowsOf(node).host) };
  return openNode(sources, { family, host: mode === 'nftables' ? [host] : [] });
}

/** What `check` tells of rules, but for notes. */
export function findingsIn(node: HealthyNode, texts: readonly string[]): readonly Finding[] {
  return open(node, texts)
    .flatMap(({ findings }) => findings)
    .filter(({ code }) => severities[code] !== 'note');
}

function frontsOf(node: HealthyNode): readonly Front[] {
  return open(node, node.texts)
    .flatMap(({ rules }) => rules)
    .flatMap(({ program, iptables, nft }) =>
      proxiesIn({ program, iptables: iptables?.ruleset ?? null, nft }).flatMap(({ fronts }) => fronts),
    );
}

/** A broken node, and who was cut off by what the kernel did: `external 10.96.0.10 80/tcp: drop`. */
export interface Broken {
  readonly node: string;
  readonly break: string;
  readonly outages: readonly string[];
}

/** The services that were cut off, and those of them that findings name which the healthy node does not have. */
export function namedIn(
  node: HealthyNode,
  healthy: readonly Finding[],
  texts: readonly string[],
  { outages }: Broken,
): {
  readonly cut: ReadonlySet<string>;
  readonly named: ReadonlySet<string>;
  readonly told: readonly string[];
} {
  const known = new Set(healthy.map(told));
  const found = findingsIn(node, texts).filter((finding) => !known.has(told(finding)));
  const fronts = frontsOf(node);
  const cut = new Set(outages.flatMap((outage) => serviceAt(outage, fronts) ?? []));
  const services = new Set(found.map((finding) => serviceOf(finding)));
  return { cut, named: new Set([...cut].filter((service) => services.has(service))), told: found.map(told) };
}

const told = (finding: Finding) => `${finding.code} ${identityOf(finding)}`;

function serviceAt(outage: string, fronts: readonly Front[]): string | undefined {
  const [from, address, end] = outage.split(':').slice(0, -1).join(':').split(' ') as [
    string,
    string,
    string,
  ];
  const [port, name] = end.split('/') as [string, keyof typeof protocolNumbers];
  const asked = fronts.filter(
    (front) => front.port === Number(port) && front.protocol === protocolNumbers[name],
  );
  const own = asked.find((front) => front.address === parseAddress(address));
  // Nobody promises a cluster address to those who are outside.
  if (own) return own.kind === 'cluster-ip' && from === 'external' ? undefined : own.service;
  return asked.find((front) => front.address === null)?.service;
}
