import type { Address, Family } from '../address/address.ts';
import type { ProgramRule } from '../engine/program.ts';
import type { Reason } from '../engine/reasons.ts';
import type { TiedChains } from '../engine/registered.ts';
import type { EffectKind } from '../proof/classes/effect.ts';
import type { ProblemCode } from '../text/codes.ts';
import type { Problem } from '../text/problem.ts';
import type { Span } from '../text/source.ts';
import type { ClientKind, NamedSources } from './reach/clients.ts';
import type { Front, Place } from './reach/front.ts';
import type { CutReason } from './reach/judge.ts';

/** How bad a finding is: traffic is lost, something is not as somebody meant it, or it is worth knowing. */
export const severityNames = ['error', 'warning', 'note'] as const;
/** How much a finding matters: errors and warnings make the exit status 1, notes alone do not. */
export type Severity = (typeof severityNames)[number];

/** What can be wrong with one rule set. */
const ofRules = {
  'cut-off': 'error',
  'errors-lost': 'warning',
  'wrong-endpoint': 'error',
  'uneven-shares': 'warning',
  'affinity-lost': 'warning',
  'source-lost': 'warning',
  'range-open': 'error',
  throttled: 'warning',
  undecided: 'warning',
  'ways-left': 'note',
  'health-check-closed': 'error',
  'order-decides': 'warning',
  'address-lost': 'error',
  'service-rejects': 'warning',
  'local-elsewhere': 'note',
  'ports-unrefused': 'warning',
  unrefused: 'warning',
  'others-dropped': 'error',
  'hairpins-none': 'note',
  'masquerade-missing': 'error',
  'forward-policy': 'error',
  'mark-shared': 'warning',
  'mark-clash': 'warning',
  'mark-unset': 'warning',
  'mark-unread': 'note',
  'setting-contradicts': 'warning',
  'forwarding-off': 'error',
  'conntrack-off': 'error',
  'conntrack-full': 'warning',
  'chains-tied': 'note',
  'ports-predictable': 'note',
  'mode-left': 'warning',
  shadowed: 'warning',
  repeated: 'warning',
  unreachable: 'warning',
  'stale-service': 'warning',
  'empty-jump': 'warning',
  'rule-unread': 'warning',
  'too-many-rules': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

/** What can be wrong with a cluster as manifests describe it. */
const ofManifests = {
  'selector-matches-nothing': 'warning',
  'no-endpoints': 'warning',
  'target-port-unknown': 'error',
  'port-undeclared': 'warning',
  'local-without-endpoint': 'warning',
  'local-relies-on-health-check': 'note',
  'node-ports-open': 'note',
  'ranges-nobody': 'error',
  'ranges-everybody': 'warning',
  'ranges-one-family': 'warning',
  'external-ips': 'warning',
  'families-differ': 'warning',
  'front-shared': 'error',
  'affinity-behind-proxy': 'warning',
  'balancers-many': 'note',
  'move-changes': 'note',
  'field-unknown': 'warning',
  'kind-unknown': 'warning',
  'not-watched': 'warning',
  'ingress-backend': 'error',
  'ingress-balancer': 'warning',
  'ingress-duplicate': 'warning',
  'ingress-node-port': 'error',
  'ingress-resource': 'note',
  'ingress-secret': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

/** Where a node's rules are not those that kube-proxy would write. */
const ofDrift = {
  'drift-missing': 'error',
  'drift-foreign': 'warning',
  'drift-stale': 'warning',
  'drift-order': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

/** What can be wrong with a text of rules, of which the rest is read all the same. */
const ofTexts = {
  'commit-missing': 'warning',
  'nft-refused': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

/** What can be wrong with how findings are silenced. */
const ofSilences = {
  'silence-unused': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

const all = { ...ofRules, ...ofManifests, ...ofDrift, ...ofTexts, ...ofSilences } as const;
/** The names of the findings. */
export type FindingCode = keyof typeof all;
/** Every finding, and how bad it is. The list is closed. */
export const severities: Readonly<Record<FindingCode, Severity>> = all;
export const findingCodes = Object.keys(severities) as readonly FindingCode[];

/** Something that is wrong with a rule set, and where. */
export type RuleFinding = { readonly place: Place } & RuleFacts;

/** Something that is wrong with a text, such as a manifest, and where. */
export type TextFinding = { readonly span: Span } & TextFacts;

export type Finding = RuleFinding | TextFinding;

/** Whether a finding is about rules, and not about another text. */
export function isOfRules(finding: Finding): finding is RuleFinding {
  return 'place' in finding;
}

/** Found already when texts were read, and told as the problem that it is. */
export const toldAsProblems = [
  'target-port-unknown',
  'field-unknown',
  'kind-unknown',
  'not-watched',
  'ingress-backend',
  'ingress-balancer',
  'ingress-duplicate',
  'ingress-node-port',
  'ingress-resource',
  'ingress-secret',
  'commit-missing',
  'nft-refused',
] as const satisfies readonly ProblemCode[];

/** An address of a service, with its port and protocol. */
export interface FrontName {
  readonly kind: 'cluster IP' | 'external IP' | 'load balancer';
  readonly address: Address;
  readonly port: number;
  readonly protocol: string;
}

type TextFacts =
  | { readonly code: 'silence-unused'; readonly silenced: FindingCode }
  | ProblemFacts[(typeof toldAsProblems)[number]]
  | ({ readonly service: string } & ServiceFacts)
  | { readonly code: 'balancers-many'; readonly services: readonly string[] }
  | {
      readonly code: 'move-changes';
      /** `nftables@1.37`. */
      readonly to: string;
      readonly exceptions: readonly string[];
    };

type ProblemFacts = {
  readonly [Code in (typeof toldAsProblems)[number]]: { readonly code: Code; readonly problem: Problem };
};

/** Of a Service; `service` is `namespace/name`, with a port where one is meant. */
type ServiceFacts =
  | {
      readonly code: 'selector-matches-nothing';
      readonly selector: Readonly<Record<string, string>>;
      /** What comes nearest: who has it, and the labels that differ, with what they are. */
      readonly near: {
        readonly owner: string;
        readonly labels: Readonly<Record<string, string | null>>;
      } | null;
    }
  | { readonly code: 'no-endpoints'; readonly why: 'nothing-named' | 'none-ready' | 'no-pods' }
  | { readonly code: 'port-undeclared'; readonly port: number; readonly declared: readonly number[] }
  | {
      readonly code: 'local-without-endpoint';
      readonly policy: 'internal' | 'external';
      readonly nodes: readonly string[];
    }
  | { readonly code: 'local-relies-on-health-check'; readonly nodes: readonly string[] }
  | { readonly code: 'node-ports-open'; readonly ports: readonly number[]; readonly balancer: boolean }
  | { readonly code: 'ranges-nobody'; readonly ranges: readonly string[]; readonly family: Family }
  | { readonly code: 'ranges-everybody'; readonly ranges: readonly string[]; readonly family: Family }
  | { readonly code: 'ranges-one-family'; readonly open: Family }
  | { readonly code: 'external-ips'; readonly addresses: readonly Address[] }
  | {
      readonly code: 'families-differ';
      readonly what: 'endpoints' | 'balancer';
      readonly family: Family;
    }
  | { readonly code: 'front-shared'; readonly front: FrontName; readonly other: string }
  | { readonly code: 'affinity-behind-proxy'; readonly proxy: string };

/** What a rule that is on one side only does to packets; `unknown`: not all of them could be looked at. */
export type DriftEffect =
  | {
      readonly kind: 'changes';
      readonly effects: readonly EffectKind[];
      readonly services: readonly string[];
    }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** The ways in which kube-proxy puts rules on a node. A node has those of one. */
export type ProxyTrace = 'iptables' | 'iptables-other' | 'ipvs' | 'nftables';

/** Why the node's settings do not go with kube-proxy's rules. */
export type SettingTrouble = 'past-rules' | 'loopback-open' | 'loopback-shut' | 'invalid-kept';

/** A connection to a service of which something is wrong. */
interface Connecting {
  readonly front: Front;
  readonly from: ClientKind;
  /** Those of them whom it is about, where it is not about all. */
  readonly among?: NamedSources;
  /** Of the packets, as an exact fraction `n/d`. */
  readonly share: string;
}

/** What kube-proxy would not write. */
interface Drifted {
  readonly service: string | null;
  /** Of a set or a map of nft, whose name the place has behind `@`: the element. */
  readonly element?: string;
  readonly effect: DriftEffect;
}

type RuleFacts =
  | {
      readonly code: 'drift-missing';
      readonly service: string | null;
      /** Null: a whole chain of `rules` rules. */
      readonly wanted: string | null;
      readonly rules: number;
      readonly effect: DriftEffect;
    }
  | (Drifted & { readonly code: 'drift-foreign' | 'drift-stale' })
  /** The rules of a chain are those that kube-proxy would write, in another order. */
  | { readonly code: 'drift-order'; readonly service: string | null; readonly effect: DriftEffect }
  | (Connecting & { readonly code: 'cut-off'; readonly why: CutReason })
  /** Connections come about, and ICMP errors about their packets do not come to whoever sent these. */
  | (Connecting & { readonly code: 'errors-lost'; readonly why: CutReason })
  /** The chain of an endpoint gives packets to another one than it was made for, each `address:port`. */
  | (Connecting & { readonly code: 'wrong-endpoint'; readonly to: string; readonly meant: string })
  /** The endpoint sees this address, and not the client's own, which the policy Local promises. */
  | (Connecting & { readonly code: 'source-lost'; readonly seen: string })
  /** Whom the source ranges do not admit comes to an endpoint. */
  | (Connecting & { readonly code: 'range-open' })
  /** Whether a connection comes about depends on a rule that counts, or on a rate. */
  | (Connecting & { readonly code: 'throttled' })
  /** Whether a connection comes about is decided by what a rule asks beside packets, or by a program that it gives them to. */
  | (Connecting & { readonly code: 'undecided'; readonly what: Reason })
  /** Of so many ways that chance leads packets none is told: there are more. */
  | (Connecting & { readonly code: 'ways-left'; readonly most: number })
  /** Cut off, where of chains with one hook and priority those come first that were made in one order. */
  | (Connecting & {
      readonly code: 'order-decides';
      readonly why: CutReason;
      readonly ties: readonly TiedChains[];
    })
  /** Of a chain of a service: what each endpoint gets of new connections, as an exact fraction `n/d`. */
  | {
      readonly code: 'uneven-shares';
      readonly service: string | null;
      readonly shares: readonly { readonly endpoint: string; readonly share: string }[];
    }
  /** Of a chain of a service with session affinity: endpoints whose clients are not led to them again. */
  | {
      readonly code: 'affinity-lost';
      readonly service: string | null;
      readonly endpoints: readonly string[];
    }
  | { readonly code: 'health-check-closed'; readonly service: string | null; readonly port: number }
  /** Of a set of kube-proxy, and in none of its maps, or the address of a service, which is known by its chain alone. */
  | { readonly code: 'address-lost'; readonly service: string | null; readonly address: Address | null }
  | {
      readonly code: 'service-rejects';
      readonly service: string;
      /** What kube-proxy says that there are none of; null: its comment says something else, or there is none. */
      readonly lacks: 'endpoints' | 'local-endpoints' | null;
      /** Of a map of nft: what is sent there; no address: a node port. Null: the place is the rule for it. */
      readonly to: { readonly address: Address | null; readonly port: number } | null;
      readonly how: 'dropped' | 'rejected';
    }
  /** Of internal policy Local: the service has no endpoint on this node, and kube-proxy drops what is sent to it. */
  | { readonly code: 'local-elsewhere'; readonly service: string }
  /** What is sent to other ports of a cluster address is not refused. */
  | { readonly code: 'ports-unrefused'; readonly service: string; readonly address: Address }
  /** It has no endpoints, and packets of these clients do not come to the rule that refuses them. */
  | {
      readonly code: 'unrefused';
      readonly service: string;
      readonly to: { readonly address: Address; readonly port: number };
      readonly clients: readonly ClientKind[];
    }
  /** Packets of these clients that are for no service: pods and the node go outside, and who is outside comes to the node. */
  | {
      readonly code: 'others-dropped';
      readonly how: 'dropped' | 'rejected';
      readonly clients: readonly ClientKind[];
    }
  /** No endpoint is in the set of those that may meet themselves; nothing tells whether one is on this node. */
  | { readonly code: 'hairpins-none' }
  | { readonly code: 'masquerade-missing'; readonly mark: number }
  | { readonly code: 'forward-policy' }
  /** Others set these bits, by which kube-proxy marks for masquerade; null: nobody knows who. */
  | { readonly code: 'mark-shared'; readonly mark: number; readonly owner: string | null }
  /** Two programs mark by these bits, and one of them asks for them; `owner` is whose rule it is, null: nobody knows. */
  | {
      readonly code: 'mark-clash';
      readonly mark: number;
      readonly owner: string | null;
      readonly other: string;
    }
  /** A rule asks for these bits, and none sets them; or sets them, and none asks. */
  | { readonly code: 'mark-unset'; readonly mark: number }
  | { readonly code: 'mark-unread'; readonly mark: number }
  /** A setting of the node with which kube-proxy's rules do not do what they are for; `value` null: nobody says it, and kube-proxy sets it. */
  | {
      readonly code: 'setting-contradicts';
      readonly sysctl: string;
      readonly value: number | null;
      readonly why: SettingTrouble;
    }
  | { readonly code: 'forwarding-off'; readonly sysctl: string }
  | { readonly code: 'conntrack-off' }
  | { readonly code: 'conntrack-full'; readonly count: number; readonly most: number }
  | { readonly code: 'chains-tied'; readonly ties: TiedChains }
  | { readonly code: 'ports-predictable' }
  /** The chains of another mode, or of the other back end, beside those of the one that is told first. */
  | {
      readonly code: 'mode-left';
      readonly chains: readonly string[];
      readonly left: ProxyTrace;
      readonly beside: ProxyTrace;
    }
  | { readonly code: 'shadowed'; readonly by: readonly ProgramRule[] }
  | { readonly code: 'repeated'; readonly first: ProgramRule }
  | { readonly code: 'unreachable'; readonly owner: string | null }
  | { readonly code: 'stale-service'; readonly service: string | null }
  | { readonly code: 'empty-jump'; readonly jumpedTo: string }
  /** Not all of the line could be read, and no service is known that depends on it. */
  | { readonly code: 'rule-unread' }
  | { readonly code: 'too-many-rules' };

export type FindingOf<Code extends FindingCode> = Extract<Finding, { readonly code: Code }>;

export { chainPlace, type Place, placeOf } from './reach/front.ts';
