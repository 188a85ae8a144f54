import type { Address } from '../../address/address.ts';
import type { Matched } from '../../engine/branch.ts';
import type { ConnectionOutcome, ConnectionStep } from '../../engine/connect.ts';
import type { RulePlace } from '../../engine/ir.ts';
import type { Outcome } from '../../engine/outcome.ts';
import type { Client } from './clients.ts';
import type { Front } from './front.ts';
import { ownerOfPlace } from './owners.ts';
import type { ProxyRules } from './proxy.ts';

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
  proxies: readonly ProxyRules[],
): Trouble | null {
  const [first] = outcome.steps;
  if (outcome.verdict === 'unknown' || !first?.outcome) return null;
  const { matched, dnat, src } = first.outcome;
  const isIntended = ({ outcome: one }: ConnectionStep) =>
    one?.matched.some(({ place }) => proxies.some((proxy) => proxy.isMeant(place, front, client))) === true ||
    isByPolicy(one);
  if (outcome.steps.some(isIntended)) return null;
  if (client.kind === 'stranger')
    return outcome.verdict === 'established' && dnat !== null ? { code: 'range-open' } : null;
  const translation = dnat === null ? undefined : matched.findLast(translates);
  if (translation) {
    const { place } = translation;
    const owner = proxies.find((proxy) => proxy.isOwn(place));
    if (!owner) return { code: 'cut-off', why: { kind: 'diverted', place, to: dnat as string } };
    const meant = owner.madeForAnother(place, front, dnat as string);
    if (meant !== null) return { code: 'wrong-endpoint', by: place, to: dnat as string, meant };
  }
  const why = whyLost(outcome);
  if (why?.kind === 'not-masqueraded' && client.kind === 'external' && isAmongOwn(matched, proxies))
    return null;
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

/** Whether endpoints of this node alone are chosen from: all that they answer passes this node. */
function isAmongOwn(matched: readonly Matched[], proxies: readonly ProxyRules[]): boolean {
  return matched.some(({ place }) => proxies.some((proxy) => proxy.isAmongOwn(place)));
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
  return outcome?.by != null && ofPolicies.has(ownerOfPlace(outcome.by.place));
}

function translates({ place: { rule } }: Matched): boolean {
  return rule.target?.kind === 'dnat' || rule.target?.kind === 'redirect';
}

/** The endpoint that kube-proxy's rules chose, whether or not the packet got so far; null: they chose none. */
export function endpointOf({ steps }: ConnectionOutcome, proxies: readonly ProxyRules[]): Address | null {
  const first = steps[0]?.outcome;
  const isOwn = ({ place }: Matched) => proxies.some((proxy) => proxy.isOwn(place));
  const translation = first?.matched.findLast(translates);
  return first && translation && isOwn(translation) ? first.left.destination : null;
}

/** A pod to which one of the ways leads: one of this node, where it is told which are; null: none does. */
export function someEndpoint(
  outcomes: readonly ConnectionOutcome[],
  proxies: readonly ProxyRules[],
  among: ((endpoint: Address) => boolean) | null,
): Address | null {
  const endpoints = outcomes.map((outcome) => ({ outcome, endpoint: endpointOf(outcome, proxies) }));
  if (among !== null)
    return endpoints.find(({ endpoint }) => endpoint !== null && among(endpoint))?.endpoint ?? null;
  const own =
    endpoints.find(({ outcome: { steps } }) => steps[0]?.outcome?.delivered === 'pod') ?? endpoints[0];
  return own?.endpoint ?? null;
}
