import type { Matched } from '../../engine/branch.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';
import type { Cell } from '../explore/explore.ts';
import { matchedIn, metAlone } from '../explore/fate.ts';
import { commentOf } from '../rules/keys.ts';

export const entryKinds = [
  'cluster IP',
  'node port',
  'load balancer IP',
  'external IP',
  'health check',
  'other',
] as const;
export type EntryKind = (typeof entryKinds)[number];

/** By which door packets come to a service, as kube-proxy's comments say. */
export interface Entry {
  readonly kind: EntryKind;
  /** `namespace/name:port`, or null where the rules belong to no service. */
  readonly service: string | null;
}

/**
 * kube-proxy begins with the name, or says what it does for it; others write words with a slash, too. Before 1.25 a port
 * without a name left its colon.
 */
const servicePattern =
  /^(?:[A-Za-z ]+ for )?([a-z0-9][a-z0-9.-]*\/[a-z0-9][a-z0-9.-]*(?::[a-z0-9-]+)?):?(?=\s|$)/;

/** Of rules that were met: the same few are asked again and again. */
const services = new WeakMap<Rule, string | null>();

/** The service that a rule's comment names. */
function serviceOf({ place: { rule } }: Matched): string | null {
  const known = services.get(rule);
  if (known !== undefined) return known;
  const service = serviceIn(commentOf(rule));
  services.set(rule, service);
  return service;
}

/** The service that a comment of kube-proxy names. */
export function serviceIn(comment: string | null): string | null {
  return comment === null ? null : (servicePattern.exec(comment)?.[1] ?? null);
}

/** Later packets of a flow belong to the service that its first one asked for. The rules that only one side has tell best what it is about; if they do not, all that were met. */
export function entryOfCell({ before, after, begun }: Pick<Cell, 'before' | 'after' | 'begun'>): Entry {
  const all = [...(begun?.matched ?? []), ...matchedIn(before), ...matchedIn(after)];
  const named = new Set(all.flatMap((matched) => serviceOf(matched) ?? []));
  const own = named.size === 1 ? [] : [...metAlone(before, after), ...metAlone(after, before)];
  const service = firstService(own) ?? firstService(all);
  // In a large cluster kube-proxy writes no comments; then the service's chain has to stand for its name.
  if (service === null) return { service: firstChain(own) ?? firstChain(all), kind: bareKind(all) };
  const ofService = all.filter((matched) => serviceOf(matched) === service);
  return { service, kind: kindOf(ofService, all) };
}

const serviceChain = /^KUBE-(?:SVC|SVL|EXT|FW)-[A-Z2-7]{16}$/;

function firstChain(list: readonly Matched[]): string | null {
  for (const { place } of list) {
    const { target } = place.rule;
    if (target?.kind === 'jump' && serviceChain.test(target.chain)) return target.chain;
    if (serviceChain.test(place.chain)) return place.chain;
  }
  return null;
}

/** By where the entry chains lead: only a cluster IP leads to the service's chain at once. */
function bareKind(all: readonly Matched[]): EntryKind {
  for (const { place } of all) {
    const { target } = place.rule;
    if (target?.kind !== 'jump' || !serviceChain.test(target.chain)) continue;
    if (place.chain === 'KUBE-NODEPORTS') return 'node port';
    if (place.chain === 'KUBE-SERVICES')
      return /^KUBE-SV[CL]-/.test(target.chain) ? 'cluster IP' : 'load balancer IP';
  }
  return 'other';
}

function firstService(list: readonly Matched[]): string | null {
  for (const matched of list) {
    const service = serviceOf(matched);
    if (service !== null) return service;
  }
  return null;
}

/** Says the comment of the rule that let the packet in. */
function kindOf(own: readonly Matched[], all: readonly Matched[]): EntryKind {
  for (const { place } of own) {
    if (!/^KUBE-(?:SERVICES|EXTERNAL-SERVICES|NODEPORTS|PROXY-FIREWALL)$/.test(place.chain)) continue;
    const comment = commentOf(place.rule) ?? '';
    if (comment.includes('cluster IP')) return 'cluster IP';
    if (comment.includes('loadbalancer IP') || place.chain === 'KUBE-PROXY-FIREWALL')
      return 'load balancer IP';
    if (comment.includes('external IP')) return 'external IP';
    if (comment.includes('health check')) return 'health check';
    if (place.chain === 'KUBE-NODEPORTS') return 'node port';
    // The rejecting rule of a node port stands among the external ones.
    if (place.chain === 'KUBE-EXTERNAL-SERVICES') return 'node port';
  }
  return all.some(({ place }) => place.chain === 'KUBE-NODEPORTS') ? 'node port' : 'other';
}
