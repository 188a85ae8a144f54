import { formatEndpoint } from '../../address/address.ts';
import { protocolName } from '../../address/protocols.ts';
import { chainKey, type ProgramChain, type RulePlace } from '../../engine/program.ts';
import { commentOf } from '../../proof/rules/keys.ts';
import { chainName } from '../../proxy/iptables/names.ts';
import type { Front } from './front.ts';

/**
 * The endpoint for which a chain was made that gives packets to `to`, where that is surely another one, as `address:port`. The chain's
 * name is a hash of the service's port and of the endpoint, which other rules name as well: the one by which the endpoint's own packets
 * are masqueraded, and the comments of those that lead to the chain. Null: it is the same, or nobody can tell.
 */
export function madeForAnother(
  { chain, rule }: RulePlace,
  front: Front,
  to: string,
  chains: ReadonlyMap<string, ProgramChain>,
): string | null {
  const identity = front.service + protocolName(front.protocol);
  const fits = (endpoint: string) => chainName('KUBE-SEP-', identity + endpoint) === chain;
  if (fits(to)) return null;
  const port = rule.target?.kind === 'dnat' ? rule.target.ports?.first : undefined;
  const sources = (chains.get(chainKey('nat', chain))?.rules ?? []).flatMap(({ rule: { matches } }) =>
    matches.flatMap((match) =>
      match.kind === 'source' && port !== undefined ? [formatEndpoint(match.subnet.address, port)] : [],
    ),
  );
  return [...sources, ...commented(front, chain, chains)].find(fits) ?? null;
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
