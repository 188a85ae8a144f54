import { parseAddress } from '../../../src/address/address.ts';
import { protocolNumbers } from '../../../src/address/protocols.ts';
import { buildProgram } from '../../../src/engine/program.ts';
import { readDump } from '../../../src/iptables/dump/read.ts';
import { checkRuleset } from '../../../src/lint/check.ts';
import { type Finding, severities } from '../../../src/lint/finding.ts';
import { identityOf, serviceOf } from '../../../src/lint/identity.ts';
import type { Front } from '../../../src/lint/reach/front.ts';
import { listFronts } from '../../../src/lint/reach/iptables-fronts.ts';
import type { HealthyNode } from './nodes.ts';

const rulesOf = ({ family }: HealthyNode, text: string) =>
  readDump({ name: 'node', text }, { family }).ruleset;

/** What `check` tells of rules, but for notes. */
export function findingsIn(node: HealthyNode, text: string): readonly Finding[] {
  return checkRuleset(rulesOf(node, text)).filter(({ code }) => severities[code] !== 'note');
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
  text: string,
  { outages }: Broken,
): {
  readonly cut: ReadonlySet<string>;
  readonly named: ReadonlySet<string>;
  readonly told: readonly string[];
} {
  const known = new Set(healthy.map(told));
  const found = findingsIn(node, text).filter((finding) => !known.has(told(finding)));
  const fronts = listFronts(buildProgram(rulesOf(node, node.dump)).chains);
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
