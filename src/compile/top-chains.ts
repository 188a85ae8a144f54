import type { RulesetBuilder, WritableChain } from './builder.ts';

/** kube-proxy's own chains, which all services share, by what they are for. */
export interface TopChains {
  readonly filter: {
    readonly services: WritableChain;
    readonly externalServices: WritableChain;
    readonly forward: WritableChain;
    readonly nodePorts: WritableChain;
    readonly proxyFirewall: WritableChain;
  };
  readonly nat: {
    readonly services: WritableChain;
    readonly nodePorts: WritableChain;
    readonly postrouting: WritableChain;
    readonly markMasquerade: WritableChain;
  };
}

/** Declares them in kube-proxy's order. */
export function declareTopChains(builder: RulesetBuilder): TopChains {
  return {
    filter: {
      services: builder.chain('filter', 'KUBE-SERVICES'),
      externalServices: builder.chain('filter', 'KUBE-EXTERNAL-SERVICES'),
      forward: builder.chain('filter', 'KUBE-FORWARD'),
      nodePorts: builder.chain('filter', 'KUBE-NODEPORTS'),
      proxyFirewall: builder.chain('filter', 'KUBE-PROXY-FIREWALL'),
    },
    nat: {
      services: builder.chain('nat', 'KUBE-SERVICES'),
      nodePorts: builder.chain('nat', 'KUBE-NODEPORTS'),
      postrouting: builder.chain('nat', 'KUBE-POSTROUTING'),
      markMasquerade: builder.chain('nat', 'KUBE-MARK-MASQ'),
    },
  };
}
