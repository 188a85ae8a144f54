import type { ChainWriter, RulesetWriter } from '../../iptables/rule/writer.ts';

/** kube-proxy's own chains, which all services share, by what they are for. */
export interface TopChains {
  readonly filter: {
    readonly services: ChainWriter;
    readonly externalServices: ChainWriter;
    readonly forward: ChainWriter;
    readonly nodePorts: ChainWriter;
    readonly proxyFirewall: ChainWriter;
  };
  readonly nat: {
    readonly services: ChainWriter;
    readonly nodePorts: ChainWriter;
    readonly postrouting: ChainWriter;
    readonly markMasquerade: ChainWriter;
  };
}

/** Declares them in kube-proxy's order. */
export function declareTopChains(writer: RulesetWriter): TopChains {
  return {
    filter: {
      services: writer.chain('filter', 'KUBE-SERVICES'),
      externalServices: writer.chain('filter', 'KUBE-EXTERNAL-SERVICES'),
      forward: writer.chain('filter', 'KUBE-FORWARD'),
      nodePorts: writer.chain('filter', 'KUBE-NODEPORTS'),
      proxyFirewall: writer.chain('filter', 'KUBE-PROXY-FIREWALL'),
    },
    nat: {
      services: writer.chain('nat', 'KUBE-SERVICES'),
      nodePorts: writer.chain('nat', 'KUBE-NODEPORTS'),
      postrouting: writer.chain('nat', 'KUBE-POSTROUTING'),
      markMasquerade: writer.chain('nat', 'KUBE-MARK-MASQ'),
    },
  };
}
