import type { Address } from '../../address/address.ts';
import type { IrRule, RulePlace } from '../../engine/ir.ts';
import { chainKey, type ProgramChain } from '../../engine/program.ts';
import { commentOf } from '../../proof/rules/keys.ts';
import { proxyComments } from '../../proxy/decide/comments.ts';
import { chainPlace, type Front } from './front.ts';
import { endpointIn, madeForAnother } from './iptables-endpoints.ts';
import { askedOf, listFronts, nodePortAddresses, servesLoopback } from './iptables-fronts.ts';
import type { ProxyRules } from './proxy.ts';
import { usualChains } from './usual.ts';

type Chains = ReadonlyMap<string, ProgramChain>;

/** kube-proxy's rules of iptables mode. */
export function iptablesRules(chains: Chains): ProxyRules {
  const shows = (chain: string) => chains.has(chainKey('nat', chain));
  const fronts = listFronts(chains);
  return {
    fronts,
    forgetful: fronts.flatMap((front) => forgetfulRules(front, chains).map((rule) => ({ front, rule }))),
    nodePortAddresses: nodePortAddresses(chains),
    servesLoopback: servesLoopback(chains),
    ownEndpoint: ownEndpoint(chains),
    ownEndpoints: null,
    ownUntold: null,
    healthChecks: healthChecks(chains),
    // kube-proxy makes the chains: a text that has none is a part of a dump.
    shows: (from) => shows(from === 'host' ? 'OUTPUT' : 'PREROUTING'),
    showsMasquerade: shows('POSTROUTING'),
    isOwn: ({ language, chain }) => language === 'iptables' && chain.startsWith('KUBE-SEP-'),
    madeForAnother: (place, front, to) => madeForAnother(place, front, to, chains),
    isMeant(place, front, client) {
      const { kind, sources } = front;
      const comment = commentOf(place.rule) ?? '';
      // Whom the ranges admit is to be let in, unless there is nobody here to be led to: then the firewall only drops before another rule does.
      if (comment.includes(proxyComments.notAccepted))
        return sources === null || client.kind === 'stranger' || isRefused(front, chains);
      if (comment.includes(proxyComments.noEndpoints)) return true;
      // To the node itself a service of external policy Local gives the endpoints of other nodes as well.
      if (!comment.includes(proxyComments.noLocalEndpoints)) return false;
      return (
        kind === 'cluster-ip' ||
        (client.kind !== 'host' && !(client.kind === 'pod' && leadsPods(front, chains)))
      );
    },
    isAmongOwn: ({ chain }: RulePlace) => /^KUBE-(?:SVL|XLB)-/.test(chain),
    masksOutsiders: (front) =>
      chainOf(front, chains)?.rules.find(({ rule }) => commentOf(rule)?.endsWith(' cluster IP')) ?? null,
    endpointChains(front) {
      const chain = chainOf(front, chains);
      const isSound = !chain || usualChains(chains).has(chain);
      const jumps = isSound ? [] : chain.rules.flatMap(({ jump }) => jump ?? []);
      const own = jumps.filter(({ name }) => name.startsWith('KUBE-SEP-'));
      return new Map([
        ...own.map((one) => [one.name, endpointIn(one)] as const),
        ...(isSound ? [] : misledIn(chain).map((one) => [chain.name, one] as const)),
      ]);
    },
    oddHairpin({ table, chain }) {
      const own = chains.get(chainKey(table, chain));
      return own && usualChains(chains).has(own) ? null : chainPlace(table, chain);
    },
  };
}

/** The chain to which the rule of a front leads. */
function chainOf({ place: { rule } }: Front, chains: Chains): ProgramChain | undefined {
  return rule?.target?.kind === 'jump' ? chains.get(chainKey('nat', rule.target.chain)) : undefined;
}

/** Endpoints that comments name where a rule leads to no endpoint: `default/web -> 10.244.1.5:8080`. */
function misledIn({ rules }: ProgramChain): readonly string[] {
  return rules.flatMap(({ rule, jump }) => {
    if (jump?.name.startsWith('KUBE-SEP-')) return [];
    return commentOf(rule)?.split(' -> ').slice(1, 2) ?? [];
  });
}

/** Whether pods are to be led to the endpoints of other nodes as well, as a rule says that is there for them. */
function leadsPods(front: Front, chains: Chains): boolean {
  const rules = chainOf(front, chains)?.rules ?? [];
  return rules.some(({ rule }) => commentOf(rule)?.startsWith('pod traffic for '));
}

/** Whether kube-proxy refuses what comes to a front, since it has no endpoints for it. */
function isRefused({ protocol, address, port }: Front, chains: Chains): boolean {
  const rules = chains.get(chainKey('filter', 'KUBE-EXTERNAL-SERVICES'))?.rules ?? [];
  return rules.some(({ rule }) => {
    if (!/has no (?:local )?endpoints/.test(commentOf(rule) ?? '')) return false;
    const asked = askedOf(rule.matches);
    return asked?.protocol === protocol && asked.address === address && asked.port === port;
  });
}

/** Rules for clients that are remembered, which lead to no endpoint. */
function forgetfulRules(front: Front, chains: Chains): readonly IrRule[] {
  const first = chainOf(front, chains);
  if (!first || usualChains(chains).has(first)) return [];
  const asks = (one: IrRule) => one.rule.matches.some(({ kind }) => kind === 'recent');
  return first.rules.filter(
    (one) => asks(one) && one.rule.target?.kind === 'verdict' && one.rule.target.verdict !== 'DROP',
  );
}

/** Of a chain for those of this node alone. */
function ownEndpoint(chains: Chains): Address | null {
  for (const chain of chains.values()) {
    if (!chain.name.startsWith('KUBE-SVL-')) continue;
    for (const { target } of chain.rules.flatMap(({ jump }) => (jump?.rules ?? []).map(({ rule }) => rule))) {
      if (target?.kind === 'dnat' && target.addresses) return target.addresses.first;
    }
  }
  return null;
}

/** Those of Local policy have a port for that. */
function healthChecks(chains: Chains): { readonly rule: IrRule; readonly port: number }[] {
  const rules = chains.get(chainKey('filter', 'KUBE-NODEPORTS'))?.rules ?? [];
  return rules.flatMap((rule) => {
    const { target, matches } = rule.rule;
    if (target?.kind !== 'verdict' || target.verdict !== 'ACCEPT') return [];
    const ports = matches.flatMap((match) =>
      match.kind === 'tcp' && match.destinationPort && !match.destinationPort.negated
        ? [match.destinationPort.value.first]
        : [],
    );
    return ports.slice(0, 1).map((port) => ({ rule, port }));
  });
}
