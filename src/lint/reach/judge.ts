import type { Address } from '../../address/address.ts';
import type { Matched } from '../../engine/branch.ts';
import type { ConnectionOutcome, ConnectionStep } from '../../engine/connect.ts';
import type { Outcome } from '../../engine/outcome.ts';
import type { ProgramChain, RulePlace } from '../../engine/program.ts';
import { ownerOf } from '../../iptables/owners.ts';
import { commentOf } from '../../proof/rules/keys.ts';
import type { Client } from './clients.ts';
import { isProxysDnat, madeForAnother } from './endpoints.ts';
import type { Front } from './fronts.ts';

/** Which packets of a connection are lost: those that open it, the server's answer to them, or what comes after. */
export type Part = 'first' | 'answer' | 'later';

/** Why a connection to a service does not come to an endpoint, or its answer not back. */
export type CutReason =
  /** The rules let the packets through as they are: no rule that is met gives them to the service. */
  | { readonly kind: 'not-translated' }
  /** A rule that is not kube-proxy's gives them to somebody else. */
  | { readonly kind: 'diverted'; readonly place: RulePlace; readonly to: string }
  /** The endpoint answers the client by another way, since the packets come from the client's own address. */
  | { readonly kind: 'not-masqueraded'; readonly to: string }
  | {
      readonly kind: 'rule';
      readonly place: RulePlace;
      readonly how: 'dropped' | 'rejected';
      readonly part: Part;
    }
  | { readonly kind: 'policy'; readonly table: string; readonly chain: string; readonly part: Part }
  /** No rule demands it: the kernel's own reason. */
  | { readonly kind: 'kernel'; readonly because: string; readonly part: Part };

/** What is wrong with one of the ways of a connection. */
export type Trouble =
  | { readonly code: 'cut-off'; readonly why: CutReason }
  | { readonly code: 'wrong-endpoint'; readonly by: RulePlace; readonly to: string; readonly meant: string }
  | { readonly code: 'source-lost'; readonly by: RulePlace | null; readonly seen: string }
  | { readonly code: 'range-open' };

/** Null where nothing is wrong, kube-proxy's own rules mean it so, or nobody can tell. */
export function troubleIn(
  outcome: ConnectionOutcome,
  front: Front,
  client: Client,
  chains: ReadonlyMap<string, ProgramChain>,
): Trouble | null {
  const [first] = outcome.steps;
  if (outcome.verdict === 'unknown' || !first?.outcome) return null;
  const { matched, dnat, src } = first.outcome;
  const isIntended = ({ outcome: one }: ConnectionStep) =>
    one?.matched.some((matched) => isMeant(matched, front, client)) === true || isByPolicy(one);
  if (outcome.steps.some(isIntended)) return null;
  if (client.kind === 'stranger')
    return outcome.verdict === 'established' && dnat !== null ? { code: 'range-open' } : null;
  const translation =
    dnat === null ? undefined : matched.findLast(({ place }) => place.rule.target?.kind === 'dnat');
  if (translation) {
    const { place } = translation;
    if (!isProxysDnat(place))
      return { code: 'cut-off', why: { kind: 'diverted', place, to: dnat as string } };
    const meant = madeForAnother(place, front, dnat as string, chains);
    if (meant !== null) return { code: 'wrong-endpoint', by: place, to: dnat as string, meant };
  }
  const why = whyLost(outcome);
  if (why?.kind === 'not-masqueraded' && client.kind === 'external' && matched.some(isAmongOwn)) return null;
  if (why !== null) return { code: 'cut-off', why };
  if (!front.keepsSource || client.kind !== 'external' || !first.outcome.masqueraded) return null;
  const masked = matched.findLast(({ place: { rule } }) =>
    /^(?:masquerade|snat)$/.test(rule.target?.kind ?? ''),
  );
  return { code: 'source-lost', by: masked?.place ?? null, seen: src as string };
}

function whyLost({ verdict, at, steps }: ConnectionOutcome): CutReason | null {
  const [first] = steps;
  if (verdict === 'established') return first?.outcome?.dnat == null ? { kind: 'not-translated' } : null;
  if (at === null) return null;
  const part: Part = steps.length === 1 ? 'first' : steps.length === 2 ? 'answer' : 'later';
  const last = steps.at(-1);
  if (last?.outcome == null) return { kind: 'not-masqueraded', to: first?.outcome?.dnat ?? '' };
  if (at.policy !== null) return { kind: 'policy', ...at.policy, part };
  if (at.because !== null) return { kind: 'kernel', because: at.because, part };
  if (at.rule === null) return null;
  return {
    kind: 'rule',
    place: at.rule.place,
    how: last.outcome.verdict === 'drop' ? 'dropped' : 'rejected',
    part,
  };
}

/** Whether endpoints of this node alone are chosen from, whatever their addresses: all that they answer passes this node. */
function isAmongOwn({ place: { chain } }: Matched): boolean {
  return /^KUBE-(?:SVL|XLB)-/.test(chain);
}

/** Those who carry out policies of the cluster: what their chains drop is dropped on purpose. */
const ofPolicies: ReadonlySet<string | null> = new Set([
  'Antrea',
  'Calico',
  'Cilium',
  'kube-router',
  'OVN-Kubernetes',
  'Weave Net',
]);

function isByPolicy(outcome: Outcome | null): boolean {
  const last = outcome?.matched.at(-1);
  if (!last || (outcome?.verdict !== 'drop' && outcome?.verdict !== 'reject')) return false;
  return ofPolicies.has(ownerOf(last.place.chain));
}

/**
 * kube-proxy refuses what has no endpoints, and drops whom the source ranges do not admit, with a comment that says so. To the node
 * itself a service of external policy Local gives the endpoints of other nodes as well.
 */
function isMeant({ place }: Matched, { kind }: Front, client: Client): boolean {
  const comment = commentOf(place.rule) ?? '';
  if (/has no endpoints|not accepted by/.test(comment)) return true;
  return comment.includes('has no local endpoints') && (kind === 'cluster-ip' || client.kind !== 'host');
}

/** The endpoint that was chosen, whether or not the packet got so far; null: none was. */
export function endpointOf({ steps }: ConnectionOutcome): Address | null {
  const chosen = steps[0]?.outcome?.matched.findLast(({ place }) => place.rule.target?.kind === 'dnat');
  const target = chosen?.place.rule.target;
  return target?.kind === 'dnat' ? (target.addresses?.first ?? null) : null;
}

/** A pod to which one of the ways leads, one of this node where there is one; null: none does. */
export function someEndpoint(outcomes: readonly ConnectionOutcome[]): Address | null {
  const own = outcomes.find(({ steps }) => steps[0]?.outcome?.delivered === 'pod') ?? outcomes[0];
  return own ? endpointOf(own) : null;
}
