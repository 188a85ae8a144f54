import { formatEndpoint } from '../../address/address.ts';
import { protocolName } from '../../address/protocols.ts';
import { chainKey, type ProgramChain, type RulePlace } from '../../engine/program.ts';
import { serviceIn } from '../../proof/classes/entry.ts';
import { commentOf } from '../../proof/rules/keys.ts';
import { chainName } from '../../proxy/iptables/names.ts';
import type { Front } from './front.ts';
import type { MadeFor } from './proxy.ts';

/**
 * What a chain that gives packets to `to` was made for, where that is surely something else. The chain's name is a hash of the service's
 * port and of the endpoint, which other rules name as well: of the endpoint the one by which its own packets are masqueraded, and the
 * comments of those that lead to the chain; of the service the comments in it. Null: it is the same, or nobody can tell.
 */
export function madeForAnother(
  { chain, rule }: RulePlace,
  front: Front,
  to: string,
  chains: ReadonlyMap<string, ProgramChain>,
): MadeFor | null {
  const fits = (endpoint: string, service = front.service) =>
    chainName('KUBE-SEP-', service + protocolName(front.protocol) + endpoint) === chain;
  if (fits(to)) return null;
  const rules = chains.get(chainKey('nat', chain))?.rules ?? [];
  const service = rules
    .map((one) => serviceIn(commentOf(one.rule)))
    .find((one) => one !== null && fits(to, one));
  if (service != null) return { service };
  const port = rule.target?.kind === 'dnat' ? rule.target.ports?.first : undefined;
  const sources = rules.flatMap(({ rule: { matches } }) =>
    matches.flatMap((match) =>
      match.kind === 'source' && port !== undefined ? [formatEndpoint(match.subnet.address, port)] : [],
    ),
  );
  const endpoint = [...sources, ...commented(front, chain, chains)].find((one) => fits(one));
  return endpoint === undefined ? null : { endpoint };
}

/** `default/web -> 10.244.1.5:8080`, behind the front's rule. */
function commented(
  { place: { rule } }: Front,
  chain: string,
  chains: ReadonlyMap<string, ProgramChain>,
): string[] {
  const named: string[] = [];
  const seen = new Set<ProgramChain>();
  const first = rule?.target?.kind === 'jump' ? chains.get(chainKey('nat', rule.target.chain)) : undefined;
  const waiting = first ? [first] : [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (seen.has(next) || next.name.startsWith('KUBE-SEP-')) continue;
    seen.add(next);
    for (const { rule, jump: inner } of next.rules) {
      if (inner?.name === chain) named.push(commentOf(rule)?.split(' -> ')[1] ?? '');
      else if (inner) waiting.push(inner);
    }
  }
  return named;
}

/** The endpoint to which a chain gives packets; where it gives them to none, the chain's name. */
export function endpointIn({ name, rules }: ProgramChain): string {
  const target = rules.map(({ rule }) => rule.target).find((one) => one?.kind === 'dnat');
  if (target?.kind !== 'dnat' || !target.addresses || !target.ports) return name;
  return formatEndpoint(target.addresses.first, target.ports.first);
}
