import type { Address } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import { chainKey, type ProgramRule } from '../engine/program.ts';
import { isKubeProxys } from '../iptables/owners.ts';
import type { Match } from '../iptables/rule/match.ts';
import type { LazyChain } from '../proof/rules/program.ts';
import type { Reached } from './reached.ts';

/**
 * Whether services that keep the client's address are cut off: FORWARD drops by policy, and no rule can let the first packet
 * of a flow through to an endpoint, unless it is marked for masquerade.
 */
export function isCutOff(print: Reached): boolean {
  const { program } = print;
  const forward = program.entries.get(chainKey('filter', 'FORWARD'));
  if (forward?.policy !== 'DROP' || !program.chains.has(chainKey('nat', 'KUBE-SERVICES'))) return false;
  const traffic = { endpoints: endpointsIn(print), bits: othersBits(print) };
  return !mayPass(forward, traffic, new Set());
}

interface Traffic {
  readonly endpoints: readonly Address[];
  /** Bits of the mark that somebody else than kube-proxy may set. */
  readonly bits: number;
}

/** Where packets are sent to. */
function endpointsIn({ reached, usual }: Reached): readonly Address[] {
  const endpoints = new Set<Address>();
  for (const chain of reached) {
    const endpoint = usual.endpoint(chain);
    if (endpoint) endpoints.add(endpoint.address);
    else if (!usual.has(chain))
      for (const { target } of chain.source.rules)
        if (target?.kind === 'dnat' && target.addresses && target.addresses.first === target.addresses.last)
          endpoints.add(target.addresses.first);
  }
  return [...endpoints];
}

function othersBits({ unusual }: Reached): number {
  let bits = 0;
  for (const { name, rules } of unusual) {
    if (isKubeProxys(name)) continue;
    for (const { rule } of rules) {
      if (rule.target?.kind === 'mark') bits |= rule.target.value;
      if (rule.target?.kind === 'connmark' || rule.target?.kind === 'other') return -1;
    }
  }
  return bits;
}

function mayPass(chain: LazyChain, traffic: Traffic, seen: Set<LazyChain>): boolean {
  if (seen.has(chain)) return false;
  seen.add(chain);
  return chain.rules.some((rule) => {
    if (!rule.rule.matches.every((match) => mayHold(match, traffic))) return false;
    return accepts(rule) || (rule.jump !== null && mayPass(rule.jump as LazyChain, traffic, seen));
  });
}

function accepts({ rule: { target } }: ProgramRule): boolean {
  return (target?.kind === 'verdict' && target.verdict === 'ACCEPT') || target?.kind === 'other';
}

/** Networks of containers that are no pods. */
const foreignInterface = /^(?:docker|br-[0-9a-f]{12}$|virbr|podman)/;

function mayHold(match: Match, { endpoints, bits }: Traffic): boolean {
  switch (match.kind) {
    case 'in-interface':
    case 'out-interface':
      return match.negated || !foreignInterface.test(match.name);
    case 'destination':
      return match.negated || endpoints.some((address) => isOf(match.subnet, address));
    case 'mark':
      return match.negated || (match.value & ~bits) === 0;
    case 'conntrack':
      return !match.state || includesNew(match.state.value) !== match.state.negated;
    case 'state':
      return match.states.includes('NEW') !== match.negated;
    default:
      return true;
  }
}

/** First packets are NEW, and those for services were given another destination. */
function includesNew(states: readonly string[]): boolean {
  return states.includes('NEW') || states.includes('DNAT');
}

function isOf(subnet: Parameters<typeof contains>[0], address: Address): boolean {
  return typeof subnet.address === typeof address && contains(subnet, address);
}
