import { formatEndpoint } from '../../address/address.ts';
import type { Match } from '../../iptables/rule/match.ts';
import type { JumpTarget, Target } from '../../iptables/rule/target.ts';
import type { ChainWriter, RulesetWriter } from '../../iptables/rule/writer.ts';
import type { Endpoint } from '../../kube/cluster/model.ts';
import type { Decision } from '../decide/decide.ts';
import type { Release } from '../decide/release.ts';
import { type ChainPrefix, chainName } from './names.ts';
import { jump } from './spell.ts';
import type { TopChains } from './top-chains.ts';

/** What the rules of every service port have in common on one node. */
export interface NodeContext {
  readonly writer: RulesetWriter;
  readonly top: TopChains;
  /** Jumps to KUBE-MARK-MASQ. */
  readonly markMasquerade: JumpTarget;
  readonly release: Release;
  /** Matches packets of pods, and packets of everybody else; null where kube-proxy cannot tell. */
  readonly pods: { readonly inside: Match; readonly outside: Match } | null;
  readonly masqueradeAll: boolean;
  /** More than 1,000 endpoints: kube-proxy then leaves out the comments of endpoints' rules. */
  readonly isLarge: boolean;
  /** kube-proxy counts packets by nfacct objects, which the node has. */
  readonly countsPackets: boolean;
  /** Node ports answer on 127.0.0.0/8. */
  readonly localhostNodePorts: boolean;
  readonly rejectWith: string;
}

/** One service port with the names of its chains. */
export interface ServicePortContext {
  readonly node: NodeContext;
  readonly decision: Decision;
  chainName(prefix: Exclude<ChainPrefix, 'KUBE-SEP-'>): string;
  /** An endpoint with its names; the same object every time. */
  named(endpoint: Endpoint): NamedEndpoint;
  append(chain: ChainWriter, matches: readonly Match[], target: Target | null): void;
}

export interface NamedEndpoint {
  readonly endpoint: Endpoint;
  /** `address:port` */
  readonly text: string;
  /** Jumps to its chain. */
  readonly jump: JumpTarget;
}

/** Writes the rules for one kind of a service port's traffic. */
export type Traffic = (context: ServicePortContext) => void;

export function servicePortContext(node: NodeContext, decision: Decision): ServicePortContext {
  const identity = decision.name + decision.protocol.toLowerCase();
  const named = new Map(
    decision.reachableEndpoints.map((endpoint) => {
      const text = formatEndpoint(endpoint.address, endpoint.port);
      return [endpoint, { endpoint, text, jump: jump(chainName('KUBE-SEP-', identity + text)) }];
    }),
  );
  return {
    node,
    decision,
    chainName: (prefix) => chainName(prefix, identity),
    named: (endpoint) => named.get(endpoint) as NamedEndpoint,
    append: (chain, matches, target) => chain.append(matches, target, decision),
  };
}

/** The chain that serves a policy's traffic. */
export function policyChain(context: ServicePortContext, policy: 'cluster' | 'local'): string {
  return context.chainName(policy === 'cluster' ? 'KUBE-SVC-' : 'KUBE-SVL-');
}
