import type { Origin } from '../engine/packet.ts';
import type { ProgramRule, RulePlace } from '../engine/program.ts';
import type { Front } from './fronts.ts';

/** How bad a finding is: traffic is lost, something is not as somebody meant it, or it is worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

/** What can be wrong with one rule set, and how bad that is. The list is closed. */
export const severities = {
  'cut-off': 'error',
  'service-rejects': 'warning',
  'masquerade-missing': 'error',
  'forward-policy': 'error',
  shadowed: 'warning',
  repeated: 'warning',
  unreachable: 'warning',
  'stale-service': 'warning',
  'empty-jump': 'warning',
  'too-many-rules': 'warning',
} as const satisfies Readonly<Record<string, Severity>>;
/** The names of the findings. */
export type FindingCode = keyof typeof severities;

/** Where it is wrong. `rule` and `number` are null for a chain as a whole. */
export type Place = Pick<RulePlace, 'table' | 'chain'> & {
  readonly rule: RulePlace['rule'] | null;
  readonly number: number | null;
};

/** Why packets for a service do not come to an endpoint. */
export type CutReason =
  /** The rules let them through as they are: no rule that is met gives them to the service. */
  | { readonly kind: 'not-translated' }
  | { readonly kind: 'rule'; readonly place: RulePlace; readonly how: 'dropped' | 'rejected' }
  | { readonly kind: 'policy'; readonly table: string; readonly chain: string }
  /** No rule demands it: the kernel's own reason. */
  | { readonly kind: 'kernel'; readonly because: string };

/** Something that is wrong with a rule set, and where. */
export type Finding = { readonly place: Place } & FindingFacts;

type FindingFacts =
  | {
      readonly code: 'cut-off';
      readonly front: Front;
      readonly from: Origin;
      /** Of the packets, as an exact fraction `n/d`. */
      readonly share: string;
      readonly why: CutReason;
    }
  | {
      readonly code: 'service-rejects';
      /** What kube-proxy's comment says, or the name of the service. */
      readonly what: string;
      readonly service: string;
      readonly how: 'dropped' | 'rejected';
    }
  | { readonly code: 'masquerade-missing'; readonly mark: number }
  | { readonly code: 'forward-policy' }
  | { readonly code: 'shadowed'; readonly by: readonly ProgramRule[] }
  | { readonly code: 'repeated'; readonly first: ProgramRule }
  | { readonly code: 'unreachable'; readonly owner: string | null }
  | { readonly code: 'stale-service'; readonly service: string | null }
  | { readonly code: 'empty-jump'; readonly jumpedTo: string }
  | { readonly code: 'too-many-rules' };

export type FindingOf<Code extends FindingCode> = Extract<Finding, { readonly code: Code }>;

/** Of a rule. */
export function placeOf({ table, chain, rule, number }: RulePlace): Place {
  return { table, chain, rule, number };
}

/** Of a chain as a whole. */
export function chainPlace(table: string, chain: string): Place {
  return { table, chain, rule: null, number: null };
}
