import { formatAddress, formatEndpoint } from '../address/address.ts';
import type { Chain, Rule, Ruleset } from '../iptables/rule/ruleset.ts';
import { type ChainOwner, ownerOfChain } from '../proxy/nftables/names.ts';

/** `namespace/name`, with `:port` where the port has a name. */
const service = /(?:^|[\s"])([a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*(?::[a-z0-9-]+)?)(?=[\s"]|$)/;

const hashed = /^(KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB))-[A-Z2-7]{16}$/;

/** Names people can read for kube-proxy's hashed chains: `KUBE-SVC[default/web]`. Others stay as they are. */
export function chainNames(ruleset: Ruleset): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { name: table, chains } of ruleset.tables) {
    for (const chain of chains.values()) {
      const name = nameOfChain(table, chain);
      if (name !== undefined) names.set(`${table}/${chain.name}`, name);
    }
  }
  return names;
}

/** Undefined: its own name is for people, or nothing in it says what it is for. */
export function nameOfChain(table: string, { name, rules }: Chain): string | undefined {
  const owner = ownerOfChain(table, name);
  if (owner) return nameOfOwner(owner);
  const prefix = hashed.exec(name)?.[1];
  const subject = prefix && serviceOf(rules);
  return prefix && subject ? `${prefix}[${subject}${endpointOf(prefix, rules)}]` : undefined;
}

/** `service[default/web:http]`, `endpoint[default/web:http -> 10.0.0.1/80]`: chains of nftables mode, in the same form. */
function nameOfOwner({ kind, service, port, endpoint }: ChainOwner): string {
  const ports = port === '' ? '' : `:${port}`;
  return `${kind}[${service}${ports}${endpoint === undefined ? '' : ` -> ${endpoint}`}]`;
}

function serviceOf(rules: readonly Rule[]): string | undefined {
  for (const { matches } of rules) {
    for (const match of matches) {
      const found = match.kind === 'comment' ? service.exec(match.text)?.[1] : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function endpointOf(prefix: string, rules: readonly Rule[]): string {
  if (prefix !== 'KUBE-SEP') return '';
  for (const { target } of rules) {
    if (target?.kind !== 'dnat' || !target.addresses) continue;
    const { first } = target.addresses;
    return ` -> ${target.ports ? formatEndpoint(first, target.ports.first) : formatAddress(first)}`;
  }
  return '';
}
