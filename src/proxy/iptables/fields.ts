import { type Address, formatEndpoint } from '../../address/address.ts';
import type { Match } from '../../iptables/rule/match.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';
import type { Service } from '../../kube/cluster/model.ts';
import type { Decision } from '../decide/decide.ts';

/** The field that a compiled rule came of; keys and indices from the root of its object. */
export type RuleField =
  | {
      readonly of: 'service';
      readonly service: Service;
      readonly path: readonly (string | number)[];
    }
  | { readonly of: 'endpoint'; readonly service: Service; readonly address: Address; readonly port: PortName }
  /** The port that the endpoint is asked for, where the Service and its pods alone tell it. */
  | {
      readonly of: 'target-port';
      readonly service: Service;
      readonly address: Address;
      readonly path: readonly (string | number)[];
    }
  /** Whether it is ready. */
  | { readonly of: 'endpoint-ready'; readonly service: Service; readonly address: Address }
  /** The port that an endpoint has, of an entry of its own or of its pod. */
  | {
      readonly of: 'endpoint-port';
      readonly service: Service;
      readonly address: Address;
      readonly port: PortName;
    }
  | { readonly of: 'configuration'; readonly path: readonly string[] };

/** A port of a Service, by which its endpoints have theirs. */
type PortName = Decision['servicePort']['name'];

/** The fields that beside the one that a rule came of decide how it looks. */
export function fieldsBeside(field: RuleField): readonly RuleField[] {
  if (field.of === 'endpoint') {
    const { service, address, port } = field;
    const index = service.ports.findIndex(({ name }) => name === port);
    const path = ['spec', 'ports', index, 'targetPort'];
    return [
      { of: 'target-port', service, address, path },
      { of: 'endpoint-port', service, address, port },
      { of: 'endpoint-ready', service, address },
    ];
  }
  return field.of === 'service' && field.path.some((step) => ofType.has(step))
    ? [{ of: 'service', service: field.service, path: ['spec', 'type'] }]
    : [];
}

/** What a Service has by its type. */
const ofType: ReadonlySet<string | number> = new Set(['nodePort', 'externalTrafficPolicy', 'loadBalancer']);

type Find = (rule: Rule, decision: Decision) => RuleField;

/** Of a rule that a service port has in one of kube-proxy's chains. The first prefix that fits counts. */
const ofService: readonly (readonly [prefix: string, find: Find])[] = [
  [
    'KUBE-SEP-',
    (rule, decision) =>
      has(rule, 'recent')
        ? field(decision, 'sessionAffinity')
        : endpoint(decision, sourceOf(rule) ?? translatedTo(rule)),
  ],
  ['KUBE-SVC-', choice],
  ['KUBE-SVL-', choice],
  ['KUBE-EXT-', (_, decision) => field(decision, 'externalTrafficPolicy')],
  ['KUBE-FW-', (rule, decision) => field(decision, 'loadBalancerSourceRanges', ...rangeOf(rule, decision))],
  ['KUBE-PROXY-FIREWALL', (_, decision) => field(decision, 'loadBalancerSourceRanges')],
  ['KUBE-EXTERNAL-SERVICES', refusal('externalTrafficPolicy')],
  ['KUBE-NODEPORTS', nodePort],
  ['KUBE-SERVICES', entrance],
];

/** Of the rules that all services share: what of kube-proxy's configuration decides how they look. */
const ofConfiguration: readonly (readonly [chain: RegExp, path: readonly string[]])[] = [
  [/^KUBE-(?:POSTROUTING|MARK-MASQ)$/, ['iptables', 'masqueradeBit']],
  [/^KUBE-FIREWALL$/, ['iptables', 'localhostNodePorts']],
  [/^KUBE-SERVICES$/, ['nodePortAddresses']],
];

/** The field that a rule of `compile` came of, by the decision that it carries; null where no one field decides. */
export function fieldOf(chain: string, rule: Rule): RuleField | null {
  const decision = rule.origin as Decision | undefined;
  if (!decision) return sharedField(chain, rule);
  const found = ofService.find(([prefix]) => chain.startsWith(prefix));
  return found ? found[1](rule, decision) : null;
}

function sharedField(chain: string, rule: Rule): RuleField | null {
  if (chain === 'KUBE-FORWARD') {
    const path = has(rule, 'mark') ? ['iptables', 'masqueradeBit'] : ['conntrack', 'tcpBeLiberal'];
    return has(rule, 'mark') || (rule.target?.kind === 'verdict' && rule.target.verdict === 'DROP')
      ? { of: 'configuration', path }
      : null;
  }
  const found = ofConfiguration.find(([pattern]) => pattern.test(chain));
  return found ? { of: 'configuration', path: found[1] } : null;
}

function field({ service }: Decision, ...path: readonly (string | number)[]): RuleField {
  return { of: 'service', service, path: ['spec', ...path] };
}

function portField(decision: Decision, name: string): RuleField {
  return field(decision, 'ports', decision.service.ports.indexOf(decision.servicePort), name);
}

function endpoint(decision: Decision, address: Address | null): RuleField {
  return address === null
    ? portField(decision, 'targetPort')
    : { of: 'endpoint', service: decision.service, address, port: decision.servicePort.name };
}

/** The chain of a policy: who is masqueraded, who sticks to an endpoint, and the endpoints. */
function choice(rule: Rule, decision: Decision): RuleField {
  if (has(rule, 'recent')) return field(decision, 'sessionAffinity');
  const chosen = decision.reachableEndpoints.find(
    ({ address, port }) => commentOf(rule) === `${decision.name} -> ${formatEndpoint(address, port)}`,
  );
  if (chosen) return endpoint(decision, chosen.address);
  // All others mark for masquerading.
  const tellsPods = rule.matches.some(({ kind }) => kind === 'source' || kind === 'in-interface');
  return { of: 'configuration', path: tellsPods ? ['clusterCIDR'] : ['iptables', 'masqueradeAll'] };
}

function nodePort(rule: Rule, decision: Decision): RuleField {
  const isCheck = commentOf(rule).endsWith('health check node port');
  return isCheck ? field(decision, 'healthCheckNodePort') : portField(decision, 'nodePort');
}

function entrance(rule: Rule, decision: Decision): RuleField {
  const comment = commentOf(rule);
  const address = destinationOf(rule);
  if (comment.endsWith('external IP')) {
    return field(decision, 'externalIPs', ...indexOf(decision.service.externalAddresses, address));
  }
  if (comment.endsWith('loadbalancer IP')) {
    const ingress = decision.service.loadBalancer.map((one) => one.address);
    return {
      of: 'service',
      service: decision.service,
      path: ['status', 'loadBalancer', 'ingress', ...indexOf(ingress, address)],
    };
  }
  return comment.endsWith('endpoints')
    ? refusal('internalTrafficPolicy')(rule, decision)
    : portField(decision, 'port');
}

/** Without any endpoint it is the selector's doing, without a local one the policy's. */
function refusal(policy: string): Find {
  return (rule, decision) =>
    field(decision, commentOf(rule).endsWith('local endpoints') ? policy : 'selector');
}

function indexOf(list: readonly (Address | null)[], wanted: Address | null): number[] {
  const index = list.indexOf(wanted);
  return index === -1 ? [] : [index];
}

function rangeOf(rule: Rule, { service }: Decision): number[] {
  const source = rule.matches.find((match) => match.kind === 'source');
  const index = service.sourceRanges.findIndex(
    ({ address, mask }) => source?.subnet.address === address && source.subnet.mask === mask,
  );
  return index === -1 ? [] : [index];
}

function has(rule: Rule, kind: Match['kind']): boolean {
  return rule.matches.some((match) => match.kind === kind);
}

function commentOf({ matches }: Rule): string {
  return matches.find((match) => match.kind === 'comment')?.text ?? '';
}

function destinationOf({ matches }: Rule): Address | null {
  return matches.find((match) => match.kind === 'destination')?.subnet.address ?? null;
}

function sourceOf({ matches }: Rule): Address | null {
  return matches.find((match) => match.kind === 'source')?.subnet.address ?? null;
}

function translatedTo({ target }: Rule): Address | null {
  return target?.kind === 'dnat' ? (target.addresses?.first ?? null) : null;
}
