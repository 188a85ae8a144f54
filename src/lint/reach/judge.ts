import type { Address } from '../../address/address.ts';
import { contains, type Subnet } from '../../address/subnet.ts';
import type { Matched } from '../../engine/branch.ts';
import type { ConnectionOutcome, ConnectionStep, FailureReason } from '../../engine/connect.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import type { IrProgram, IrRule, RulePlace } from '../../engine/ir.ts';
import type { Delivered, Outcome } from '../../engine/outcome.ts';
import type { Reason } from '../../engine/reasons.ts';
import { timeExceeded } from '../../engine/walk.ts';
import type { Host } from '../../host/model.ts';
import { ownerOf } from '../../host/route.ts';
import type { Match, MatchKind } from '../../iptables/rule/match.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';
import { serviceIn } from '../../proof/classes/entry.ts';
import { commentOf } from '../../proof/rules/keys.ts';
import type { Client } from './clients.ts';
import type { Front, Place } from './front.ts';
import { ofPolicies, ownerOfPlace } from './owners.ts';
import type { ProxyRules } from './proxy.ts';

/** Which packets of a connection are lost: those that open it, the server's answer to them, what comes after, those that close it, or ICMP errors about them; or what neighbours ask each other for their addresses. */
export type Part = 'first' | 'answer' | 'later' | 'closing' | 'errors' | 'neighbours';

/** Why a connection to a service does not come to an endpoint, or its answer not back. */
export type CutReason =
  /** The rules let the packets through as they are: no rule that is met gives them to the service. */
  | { readonly kind: 'not-translated' }
  /** A rule that is not kube-proxy's gives them to somebody else. */
  | { readonly kind: 'diverted'; readonly place: RulePlace; readonly to: string }
  /** A rule of kube-proxy's leads to another service, as `namespace/name:port`. */
  | { readonly kind: 'other-service'; readonly place: RulePlace; readonly service: string }
  /**
   * The endpoint answers the client by another way, since the packets come from the client's own address. `unmarkedBy`: somebody else's rule
   * took the mark away by which kube-proxy masquerades.
   */
  | { readonly kind: 'not-masqueraded'; readonly to: string; readonly unmarkedBy: RulePlace | null }
  /** Somebody else's rule gives the packets an address that the node does not have, and the endpoint answers to that one. */
  | { readonly kind: 'answers-astray'; readonly place: RulePlace; readonly seen: string; readonly to: string }
  /** A rule takes the packets out of connection tracking, without which nothing is translated. */
  | { readonly kind: 'untracked'; readonly place: RulePlace; readonly part: Part }
  | {
      readonly kind: 'rule';
      readonly place: RulePlace;
      readonly how: 'dropped' | 'rejected';
      readonly part: Part;
    }
  | { readonly kind: 'policy'; readonly table: string; readonly chain: string; readonly part: Part }
  /** No rule demands it: the node answers so where a packet has no hop left to go. */
  | { readonly kind: 'hops-spent'; readonly part: Part }
  /** No rule demands it: the kernel's own reason. */
  | { readonly kind: 'kernel'; readonly reason: FailureReason; readonly part: Part };

/** What is wrong with one of the ways of a connection. */
export type Trouble =
  | { readonly code: 'cut-off'; readonly why: CutReason }
  | { readonly code: 'errors-lost'; readonly why: CutReason }
  | { readonly code: 'wrong-endpoint'; readonly by: RulePlace; readonly to: string; readonly meant: string }
  | { readonly code: 'source-lost'; readonly by: RulePlace | null; readonly seen: string }
  | { readonly code: 'range-open' }
  | { readonly code: 'throttled'; readonly by: RulePlace }
  | { readonly code: 'undecided'; readonly by: RulePlace; readonly what: Reason }
  | { readonly code: 'ways-left'; readonly most: number };

/**
 * A rule that decides whether a connection to the service comes about by what is no matter of its packets: a rate or a count, the time of
 * day, a program that is asked, or a socket that may listen. Null: none does.
 */
export function undecidedIn({ verdict, steps }: ConnectionOutcome, { chains }: IrProgram): Trouble | null {
  const reason = verdict === 'unknown' ? steps.at(-1)?.outcome?.reason : null;
  if (reason?.code === 'too-many-ways') return { code: 'ways-left', most: reason.most };
  if (reason?.code === 'at-rule') {
    const { table, chain, number } = reason.place;
    const rule = chains.get(`${table}/${chain}`)?.rules[number - 1];
    if (rule && isMetered(rule) && !asksUnread(rule)) return { code: 'throttled', by: rule };
    const isTold =
      rule &&
      (notRead.has(reason.reason.code) ||
        isOfMissing(rule, reason.reason) ||
        (ownerOfPlace(rule) === null && undecided.has(reason.reason.code)));
    return isTold ? { code: 'undecided', by: rule, what: reason.reason } : null;
  }
  const counting = verdict === 'unknown' ? undefined : countingIn(steps, chains);
  return counting ? { code: 'throttled', by: counting } : null;
}

/**
 * What somebody's rule asks or does that is not carried out here, or that nothing tells of packets (how long they are, of which device they
 * come). What sets hold is told apart from rules, and of those who were barred.
 */
const undecided: ReadonlySet<Reason['code']> = new Set([
  'field-unknown',
  'match-unevaluated',
  'option-unevaluated',
  'statement-unevaluated',
  'target-unevaluated',
  'listeners-unknown',
]);

/** kube-proxy asks nothing of nft that is not known here, but of a set, map or chain that the text does not show. */
function isOfMissing(rule: IrRule, { code }: Reason): boolean {
  return code === 'statement-unevaluated' && ownerOfPlace(rule) === 'kube-proxy';
}

/** What the text does not show, or what could not be read of it, whoever wrote it. */
const notRead: ReadonlySet<Reason['code']> = new Set(['rules-not-shown', 'rule-unread']);

/** A rule that drops or rejects what is in a list often enough, of a list into which a rule on the way puts the client. */
function countingIn(steps: readonly ConnectionStep[], chains: IrProgram['chains']): RulePlace | undefined {
  const seen = (steps[0]?.outcome?.matched ?? []).filter(({ place }) => ownerOfPlace(place) === null);
  const lists = new Set(
    seen.flatMap(({ place: { rule } }) => rule.matches.flatMap((match) => listSet(match) ?? [])),
  );
  if (lists.size === 0) return undefined;
  const tables = new Set(seen.map(({ place: { table } }) => table));
  for (const chain of chains.values()) {
    if (chain.language !== 'iptables' || !tables.has(chain.table)) continue;
    const found = chain.rules.find(
      ({ rule }) => isBarring(rule) && rule.matches.some((match) => countsIn(match, lists)),
    );
    if (found) return found;
  }
  return undefined;
}

function listSet(match: Match): string | null {
  return match.kind === 'recent' && (match.action === 'set' || match.action === 'update') ? match.name : null;
}

function countsIn(match: Match, lists: ReadonlySet<string>): boolean {
  return match.kind === 'recent' && match.hitcount !== undefined && !match.negated && lists.has(match.name);
}

function isBarring({ target }: Rule): boolean {
  return target?.kind === 'reject' || (target?.kind === 'verdict' && target.verdict === 'DROP');
}

/** What nobody here knows may be anything. */
function asksUnread({ rule: { matches } }: IrRule): boolean {
  return matches.some((match) => match.kind === 'other' && !match.understood);
}

function isMetered({ code }: IrRule): boolean {
  return [...instructionsIn(code)].some((one) => one.do === 'recall' && one.state.kind === 'meter');
}

/** What somebody says of the node, which is guessed else. */
export interface ToldOfNode {
  /** Whether it is told which addresses the node has. */
  readonly isHostTold: boolean;
  /** The addresses of the node's pods; null: nobody says. */
  readonly pods: Subnet | null;
  /** Whether the rules show the table in which kube-proxy refuses what it does not give to an endpoint. */
  readonly isFilterShown: boolean;
}

/** Null where nothing is wrong, kube-proxy's own rules mean it so, or nobody can tell. */
export function troubleIn(
  outcome: ConnectionOutcome,
  front: Front,
  client: Client,
  proxies: readonly ProxyRules[],
  { isHostTold, pods, isFilterShown }: ToldOfNode,
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
    if (meant !== null && 'endpoint' in meant)
      return { code: 'wrong-endpoint', by: place, to: dnat as string, meant: meant.endpoint };
    if (meant !== null)
      return {
        code: 'cut-off',
        why: { kind: 'other-service', place: leadingTo(meant.service, matched), ...meant },
      };
  }
  const isLeftAlone = first.outcome.verdict === 'accept' && dnat === null;
  const why = isLeftAlone
    ? (untrackedIn(outcome.steps) ?? ({ kind: 'not-translated' } as const))
    : whyLost(outcome);
  // An address that a rule gives may be one of the node's: then the answer comes back, and the client's address is lost all the same.
  const mayAnswer = why?.kind === 'answers-astray' && !isHostTold;
  // Of what comes from outside and has no endpoint here, kube-proxy writes the refusal there.
  if (why?.kind === 'not-translated' && front.kind !== 'cluster-ip' && !isFilterShown) return null;
  if (why?.kind === 'not-masqueraded' && client.kind === 'external' && isAmongOwn(matched, proxies))
    return null;
  if (why !== null && !mayAnswer) return { code: 'cut-off', why };
  const lost = errorLostIn(outcome);
  if (lost !== null) return { code: 'errors-lost', why: lost };
  if (!first.outcome.masqueraded) return null;
  const masked = maskedBy(matched);
  if (client.kind === 'pod' && front.kind === 'cluster-ip' && isUnasked(masked, matched))
    return { code: 'source-lost', by: masked, seen: src as string };
  const isPromised =
    client.kind === 'external'
      ? front.keepsSource
      : client.kind === 'pod' &&
        isMaskedByOthers(masked, matched) &&
        (mayAnswer ? goesAnywhere(masked) : isHostTold && isPodHere(first.outcome, pods));
  return isPromised ? { code: 'source-lost', by: masked, seen: src as string } : null;
}

/**
 * The rule that leads to what is another service's: the last of kube-proxy's chains of services before the first one that names that
 * service. Where the other service has the same address, it is the first one itself.
 */
function leadingTo(service: string, matched: readonly Matched[]): RulePlace {
  const places = matched.map(({ place }) => place);
  const first = places.findIndex(({ rule }) => serviceIn(commentOf(rule)) === service);
  const before = places[first - 1];
  return before && ofServices.test(before.chain) ? before : (places[first] as RulePlace);
}

const ofServices = /^KUBE-(?:SERVICES|NODEPORTS|SVC-|SVL-|EXT-|FW-|XLB-)/;

/** That an endpoint is a pod is sure of this node's own ones alone. */
function isPodHere({ left }: Outcome, pods: Subnet | null): boolean {
  return pods !== null && contains(pods, left.destination);
}

/** Whether a rule of iptables asks nowhere where packets go to, so that they have another source for whatever pod they are. */
function goesAnywhere(masked: RulePlace | null): boolean {
  if (masked?.language !== 'iptables' || masked.chain !== 'POSTROUTING') return false;
  return masked.rule.matches.every(({ kind }) => ofOrigin.has(kind));
}

const ofOrigin: ReadonlySet<MatchKind> = new Set(['source', 'protocol', 'comment', 'tcp', 'udp', 'sctp']);

/** The rule that gave the packet another source. */
function maskedBy(matched: readonly Matched[]): RulePlace | null {
  const by = matched.findLast(({ place: { rule } }) => /^(?:masquerade|snat)$/.test(rule.target?.kind ?? ''));
  return by?.place ?? null;
}

/** kube-proxy masquerades what is marked, and this was marked by nobody before it came there. */
function isUnasked(masked: RulePlace | null, matched: readonly Matched[]): boolean {
  if (masked === null || ownerOfPlace(masked) !== 'kube-proxy') return false;
  const isThere = ({ place: { table, chain } }: Matched) => table === masked.table && chain === masked.chain;
  // It clears the mark by which it was asked for.
  if (!matched.some((one) => isThere(one) && one.place.rule.target?.kind === 'mark')) return false;
  const first = matched.findIndex(isThere);
  return matched.slice(0, first).every(({ mark }) => mark === 0);
}

/** Of a pod's packets to a service: neither is it meant by kube-proxy, nor is it the way of a network that is known. */
function isMaskedByOthers(masked: RulePlace | null, matched: readonly Matched[]): boolean {
  if (masked === null || ownerOfPlace(masked) !== null) return false;
  return !matched.some(
    ({ place: { chain } }) => chain === 'KUBE-MARK-MASQ' || chain === 'mark-for-masquerade',
  );
}

/** Of a packet for an endpoint itself, as a node elsewhere translated it: what is let through is as it should be. */
export function lossIn(outcome: ConnectionOutcome): Trouble | null {
  if (outcome.verdict === 'unknown' || outcome.verdict === 'established') return null;
  if (outcome.steps.some((step) => isByPolicy(step.outcome))) return null;
  const why = whyLost(outcome);
  // What the kernel itself dislikes hangs on addresses and routes, which nobody told of the way from there.
  if (why === null || ofWayBack.has(why.kind) || why.kind === 'kernel') return null;
  return { code: 'cut-off', why };
}

/** Of a packet from another node: its answer goes back there. */
const ofWayBack: ReadonlySet<CutReason['kind']> = new Set(['not-masqueraded', 'answers-astray']);

function whyLost({ verdict, at, steps }: ConnectionOutcome): CutReason | null {
  const [first] = steps;
  const isLost = verdict === 'established' ? first?.outcome?.dnat == null : at !== null;
  if (!isLost) return null;
  const untracked = untrackedIn(steps);
  if (untracked !== null) return untracked;
  if (at === null) return { kind: 'not-translated' };
  const last = steps.at(-1);
  const part = partAt(steps.length - 1, last);
  if (last?.outcome == null) {
    const given = maskedBy(first?.outcome?.matched ?? []);
    const [seen, to] = [first?.outcome?.src ?? '', first?.outcome?.dnat ?? ''];
    if (given?.rule.target?.kind === 'snat' && ownerOfPlace(given) !== 'kube-proxy')
      return { kind: 'answers-astray', place: given, seen, to };
    const unmarkedBy = unmarkedIn(first?.outcome?.matched ?? []);
    return { kind: 'not-masqueraded', to: first?.outcome?.dnat ?? '', unmarkedBy };
  }
  if (at.policy !== null) return { kind: 'policy', ...at.policy, part };
  if (at.reason !== null) return { kind: 'kernel', reason: at.reason, part };
  if (at.rule === null) return isTimeExceeded(last.outcome.rejectWith) ? { kind: 'hops-spent', part } : null;
  return {
    kind: 'rule',
    place: at.rule.place,
    how: last.outcome.verdict === 'drop' ? 'dropped' : 'rejected',
    part,
  };
}

/** Why an error of the network about one of its packets does not come to whoever sent that; null: all come, or nobody can tell. */
function errorLostIn({ errors }: ConnectionOutcome): CutReason | null {
  const part = 'errors';
  for (const { at, outcome } of errors) {
    if (at === null || (outcome.verdict !== 'drop' && outcome.verdict !== 'reject')) continue;
    if (at.policy !== null) return { kind: 'policy', ...at.policy, part };
    if (at.rule === null || isByPolicy(outcome)) continue;
    const how = outcome.verdict === 'drop' ? 'dropped' : 'rejected';
    return { kind: 'rule', place: at.rule.place, how, part };
  }
  return null;
}

function isTimeExceeded(answer: string | null): boolean {
  return Object.values(timeExceeded).some((one) => one === answer);
}

function partAt(at: number, step: ConnectionStep | undefined): Part {
  if (step?.step === 'FIN' || step?.step === 'FIN back') return 'closing';
  return at === 0 ? 'first' : at === 1 ? 'answer' : 'later';
}

function untrackedIn(steps: readonly ConnectionStep[]): CutReason | null {
  for (const [at, step] of steps.entries()) {
    const untracks = step.outcome?.matched.find(
      ({ place: { rule } }) => rule.target?.kind === 'ct' && rule.target.notrack,
    );
    if (untracks) return { kind: 'untracked', place: untracks.place, part: partAt(at, step) };
  }
  return null;
}

/** The last rule of somebody else that takes away what kube-proxy marked; null: none does. */
function unmarkedIn(matched: readonly Matched[]): RulePlace | null {
  let by: RulePlace | null = null;
  let own = 0;
  let before = 0;
  for (const { place, mark } of matched) {
    if (ownerOfPlace(place) === 'kube-proxy') own |= mark & ~before;
    else if ((own & before & ~mark) !== 0) by = place;
    before = mark;
  }
  return by;
}

/** Whether endpoints of this node alone are chosen from: all that they answer passes this node. */
function isAmongOwn(matched: readonly Matched[], proxies: readonly ProxyRules[]): boolean {
  return matched.some(({ place }) => proxies.some((proxy) => proxy.isAmongOwn(place)));
}

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

/** Where the connection was given to. */
export interface Given {
  readonly address: Address;
  readonly port: number | null;
  readonly delivered: Delivered;
}

/** The endpoints that kube-proxy's rules chose. */
export function givenTo(
  outcomes: readonly ConnectionOutcome[],
  proxies: readonly ProxyRules[],
): readonly Given[] {
  return outcomes.flatMap((outcome) => {
    const first = outcome.steps[0]?.outcome;
    const address = endpointOf(outcome, proxies);
    // Of what is lost on the way nobody knows whose it would have been.
    if (first?.verdict !== 'accept' || address === null) return [];
    return [{ address, port: first.left.destinationPort, delivered: first.delivered }];
  });
}

/** An endpoint, and where what it sends to itself should be masqueraded by. */
export interface OddEndpoint {
  readonly endpoint: Address;
  readonly place: Place;
}

/** Pods to which ways lead, and whose packets to themselves are not masqueraded as usual: each may be the one that does not reach itself. */
export function oddEndpoints(
  outcomes: readonly ConnectionOutcome[],
  proxies: readonly ProxyRules[],
  among: ((endpoint: Address) => boolean) | null,
  host: Host,
): readonly OddEndpoint[] {
  return outcomes.flatMap((outcome): OddEndpoint[] => {
    const endpoint = endpointOf(outcome, proxies);
    const by = outcome.steps[0]?.outcome?.matched.findLast(translates)?.place;
    if (endpoint === null || !by || ownerOf(host, endpoint) || among?.(endpoint) === false) return [];
    const place = proxies.find((proxy) => proxy.isOwn(by))?.oddHairpin(by, endpoint) ?? null;
    return place === null ? [] : [{ endpoint, place }];
  });
}

/** The chains by which kube-proxy's rules gave packets to endpoints. */
export function translatingChains(outcomes: readonly ConnectionOutcome[]): ReadonlySet<string> {
  return new Set(
    outcomes.flatMap(({ steps }) => steps[0]?.outcome?.matched.findLast(translates)?.place.chain ?? []),
  );
}

/**
 * A pod to which one of the ways leads: one of this node, where it is told which are; null: none does. What has an address of the node, or
 * one that it is taken to have, asks as the node does.
 */
export function someEndpoint(
  outcomes: readonly ConnectionOutcome[],
  proxies: readonly ProxyRules[],
  among: ((endpoint: Address) => boolean) | null,
  host: Host,
): Address | null {
  const endpoints = outcomes
    .map((outcome) => ({ outcome, endpoint: endpointOf(outcome, proxies) }))
    .filter(({ endpoint }) => endpoint === null || !ownerOf(host, endpoint));
  if (among !== null)
    return endpoints.find(({ endpoint }) => endpoint !== null && among(endpoint))?.endpoint ?? null;
  const own =
    endpoints.find(({ outcome: { steps } }) => steps[0]?.outcome?.delivered === 'pod') ?? endpoints[0];
  return own?.endpoint ?? null;
}
