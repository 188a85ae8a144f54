import type { Family } from '../address/address.ts';
import type { ProgramChain, ProgramRule } from '../engine/program.ts';
import { buildHost } from '../host/build.ts';
import type { HostFields, PolicyRule } from '../host/model.ts';
import { isKubeProxys, ownerOf } from '../iptables/owners.ts';
import type { Rule, Ruleset } from '../iptables/rule/ruleset.ts';
import { asksUnknown, isUnread, standsForNone } from '../iptables/rule/shown.ts';
import { endpointsUnknown } from '../iptables/rule/target.ts';
import { serviceIn } from '../proof/classes/entry.ts';
import { hostSets } from '../proof/explore/host-sets.ts';
import { fingerprint } from '../proof/rules/fingerprint.ts';
import { commentOf, ruleKey } from '../proof/rules/keys.ts';
import type { LazyChain } from '../proof/rules/program.ts';
import { proxyComments } from '../proxy/decide/comments.ts';
import { universe } from '../sets/box.ts';
import { findForgotten } from './affinity.ts';
import { chainPlace, type FindingCode, type FindingOf, placeOf, type RuleFinding } from './finding.ts';
import { isCutOff } from './forward.ts';
import { findMarks, findPredictablePorts } from './marks.ts';
import { unmasqueradedMark } from './masquerade.ts';
import { findModes } from './modes-left.ts';
import { checkNft } from './nft-check.ts';
import { findOthersDropped } from './others-dropped.ts';
import type { Front } from './reach/front.ts';
import { askedOf, guardedBy } from './reach/iptables-fronts.ts';
import { mayMeet } from './reach/met.ts';
import type { UsualChains } from './reach/usual.ts';
import { findReach, hostsOf, type NodeRules, proxiesIn } from './reach.ts';
import { type Reached, reachedIn } from './reached.ts';
import { findRepeated, repeatsOnPurpose } from './repeated.ts';
import { asNeeded, findSettings } from './settings.ts';
import { Shadows } from './shadow.ts';
import { findUneven } from './shares.ts';
import { findTied } from './tied.ts';
import { findUnrefused } from './unrefused.ts';

/** Looks for what is wrong with a rule set by itself; `host` is the node's network, as far as it is known. */
export function checkRuleset(ruleset: Ruleset, host: readonly HostFields[] = []): readonly RuleFinding[] {
  return checkNode([{ program: fingerprint(ruleset).program, iptables: ruleset, nft: [] }], () => host);
}

/**
 * The same of all rules of a node, of each family that is asked; `host` is its network, as far as it is known. Tables of both families
 * are looked at once.
 */
export function checkNode(
  families: readonly NodeRules[],
  host: (family: Family) => readonly HostFields[],
): readonly RuleFinding[] {
  const ofFamilies = families.flatMap((rules) => checkFamily(rules, host(rules.program.family)));
  const ofRules = families.flatMap((rules) => checkRules(rules, host(rules.program.family)));
  const hosts = (rules: NodeRules) =>
    hostsOf(rules, asNeeded(rules.program.family, host(rules.program.family)));
  return [...ofFamilies, ...onceForPlace(ofRules), ...checkNft(families, hosts)];
}

/** Of each rule, whatever family its packets are of. */
function checkRules(rules: NodeRules, host: readonly HostFields[]): RuleFinding[] {
  return [...findMarks(rules, routingIn(host)), ...findTied(rules)];
}

/** A table of nft may be for both families. */
function onceForPlace(found: readonly RuleFinding[]): RuleFinding[] {
  const told = new Map(
    found.map((one) => {
      const { table, chain, number, rule } = one.place;
      return [JSON.stringify([one.code, table, chain, number, rule?.at]), one];
    }),
  );
  return [...told.values()];
}

function routingIn(host: readonly HostFields[]): readonly PolicyRule[] {
  return host.flatMap(({ rules, listed }) => [...(rules ?? []), ...(listed?.rules ?? [])]);
}

function checkFamily(rules: NodeRules, host: readonly HostFields[]): RuleFinding[] {
  const { iptables } = rules;
  const needed = asNeeded(rules.program.family, host);
  const ways = findReach(rules, needed);
  return [
    ...ways,
    ...(iptables ? checkIptables(iptables, ways).filter((one) => isMet(one, rules, needed)) : []),
    ...findUnrefused(rules, hostsOf(rules, needed)),
    ...findOthersDropped(rules, hostsOf(rules, needed)),
    ...findModes(rules),
    ...findSettings(rules, host),
  ];
}

/**
 * What a service is refused by, packets must come to: where another rule leads to its endpoints, it stands behind the translation. kube-proxy
 * writes one of them.
 */
function isMet({ code, place }: RuleFinding, rules: NodeRules, known: readonly HostFields[]): boolean {
  if (code !== 'service-rejects' || place.rule === null) return true;
  const { rule } = place;
  const asked = askedOf(rule.matches.filter(({ kind }) => kind !== 'addrtype'));
  const isSame = (front: Front) =>
    asked !== null &&
    front.address === asked.address &&
    front.port === asked.port &&
    front.protocol === asked.protocol;
  if (asked === null || !proxiesIn(rules).some(({ fronts }) => fronts.some(isSame))) return true;
  return mayMeet(rules.program, hostsOf(rules, known), asked, (one) => one.rule === rule);
}

/** Rules of iptables by themselves, beside what was found of the ways to services. */
function checkIptables(ruleset: Ruleset, ways: readonly RuleFinding[]): RuleFinding[] {
  const isCut = ways.some(({ code }) => code === 'cut-off');
  const told = new Set(ways.map(({ place }) => place.rule));
  const uneven = new Set(ways.flatMap((one) => (one.code === 'uneven-shares' ? [one.service] : [])));
  const print = reachedIn(fingerprint(ruleset).program);
  const found = [
    ...findUnread(print, told),
    ...findServices(print),
    ...print.unusual.flatMap(findUneven).filter(({ service }) => !uneven.has(service)),
    ...print.unusual.flatMap(findForgotten),
    ...findMasquerade(print),
    ...(!isCut ? findForward(print) : []),
    ...findPredictablePorts(print),
    ...findShadows(print),
    ...findChains(print),
    ...findEmptyJumps(print),
  ];
  const hidden = hiddenTables(print);
  return found.filter(({ code, place }) => !ofAbsence.has(code) || !hidden.has(place.table));
}

/** What says that something is not there, which nobody can say of a table whose rules are not all shown. */
const ofAbsence: ReadonlySet<FindingCode> = new Set([
  'unreachable',
  'stale-service',
  'masquerade-missing',
  'forward-policy',
  'uneven-shares',
  'affinity-lost',
]);

/** Tables of which not all rules are shown, or could be read. */
function hiddenTables({ usual }: Reached): ReadonlySet<string> {
  const hides = ({ rules }: ProgramChain) =>
    rules.some(
      ({ rule }) =>
        standsForNone(rule) ||
        isUnread(rule) ||
        (rule.target?.kind === 'other' && rule.target.name === endpointsUnknown),
    );
  return new Set(usual.others.filter(hides).map(({ table }) => table));
}

/**
 * Of those on which services depend it is told what depends on them. Others may ask by what is not known here, and kube-proxy asks nothing
 * that is not.
 */
function findUnread({ usual }: Reached, told: ReadonlySet<Rule | null>): RuleFinding[] {
  return usual.others.flatMap(({ name, rules }) =>
    rules
      .filter(({ rule }) => isUnread(rule) || (isKubeProxys(name) && asksUnknown(rule)))
      .filter(({ rule }) => !told.has(rule))
      .map((place): RuleFinding => ({ code: 'rule-unread', place: placeOf(place) })),
  );
}

/**
 * Services that kube-proxy refuses here. That clients find no pod on a node is what the policies Local are for: of the internal one it is
 * told as that, and of the external one where clients inside find no endpoint anywhere.
 */
function findServices(print: Reached): RuleFinding[] {
  const found = findRefusals(print);
  const isLocal = ({ lacks }: FindingOf<'service-rejects'>) => lacks === 'local-endpoints';
  const isOutside = ({ place }: RuleFinding) => place.chain === 'KUBE-EXTERNAL-SERVICES';
  const nowhere = new Set(found.flatMap((one) => (isLocal(one) ? [] : [one.service])));
  return found.flatMap((one): RuleFinding[] => {
    if (!isLocal(one)) return [one];
    if (isOutside(one)) return nowhere.has(one.service) ? [one] : [];
    return [{ code: 'local-elsewhere', place: one.place, service: one.service }];
  });
}

function lackingIn(comment: string | null): FindingOf<'service-rejects'>['lacks'] {
  if (comment?.endsWith(proxyComments.noLocalEndpoints)) return 'local-endpoints';
  return comment?.endsWith(proxyComments.noEndpoints) ? 'endpoints' : null;
}

function findRefusals({ unusual }: Reached): FindingOf<'service-rejects'>[] {
  const found: FindingOf<'service-rejects'>[] = [];
  for (const chain of unusual) {
    for (const place of chain.rules) {
      const { target } = place.rule;
      const drops = target?.kind === 'verdict' && target.verdict === 'DROP';
      if (!drops && target?.kind !== 'reject') continue;
      const comment = commentOf(place.rule);
      const service = serviceIn(comment);
      // What comes from outside of the source ranges is dropped on purpose.
      if (service === null || comment?.includes(proxyComments.notAccepted)) continue;
      found.push({
        code: 'service-rejects',
        place: placeOf(place),
        service,
        lacks: lackingIn(comment),
        to: null,
        how: drops ? 'dropped' : 'rejected',
      });
    }
  }
  return found;
}

function findMasquerade(print: Reached): RuleFinding[] {
  const mark = unmasqueradedMark(print);
  return mark === null
    ? []
    : [{ code: 'masquerade-missing', place: chainPlace('nat', 'KUBE-MARK-MASQ'), mark }];
}

function findForward(print: Reached): RuleFinding[] {
  return isCutOff(print) ? [{ code: 'forward-policy', place: chainPlace('filter', 'FORWARD') }] : [];
}

function findShadows({ program, reached, unusual, usual }: Reached): RuleFinding[] {
  const { family } = program.ruleset;
  const host = { ...hostSets(buildHost(family, [])), local: null };
  const shadows = new Shadows(host, universe(family, 3), usual);
  for (const chain of unusual) shadows.keepsSome(chain);
  const found = unusual.filter(({ name }) => !isOthers(name)).flatMap((chain) => shadowsIn(chain, shadows));
  if (!shadows.isSpent) return found;
  const [{ table, name }] = [...reached] as [LazyChain];
  return [...found, { code: 'too-many-rules', place: chainPlace(table, name) }];
}

/** What another program keeps in its chains is its own affair, as long as services get what they should. */
function isOthers(chain: string): boolean {
  const owner = ownerOf(chain);
  return owner !== null && owner !== 'kube-proxy';
}

function shadowsIn(chain: LazyChain, shadows: Shadows): RuleFinding[] {
  const all = shadows.of(chain);
  const repeated = findRepeated(chain);
  if (all.length + repeated.length === 0) return [];
  const shadowed = all.filter(
    ({ by: [shadow], rule }) =>
      !repeatsOnPurpose(chain.name) || ruleKey((shadow as ProgramRule).rule) !== ruleKey(rule.rule),
  );
  const never = new Set(shadowed.map(({ rule }) => rule.rule));
  return [
    ...shadowed.map(({ by, rule }): RuleFinding => ({ code: 'shadowed', place: placeOf(rule), by })),
    ...repeated.filter(({ place }) => !place.rule || !never.has(place.rule)),
  ];
}

/** Chains that tell others something by being there, and those that kube-proxy keeps whether or not it needs them. */
const kept =
  /^KUBE-(?:PROXY-CANARY|KUBELET-CANARY|IPTABLES-HINT|MARK-MASQ|MARK-DROP|NODEPORTS|PROXY-FIREWALL|EXTERNAL-SERVICES|FIREWALL|FORWARD|POSTROUTING|SERVICES)$/;
const serviceChain = /^KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-/;

function findChains({ program, reached, usual }: Reached): RuleFinding[] {
  const left = [...program.chains.values()].filter(
    (chain) => !reached.has(chain) && chain.policy === null && !kept.test(chain.name),
  );
  if (left.length === 0) return [];
  const living = livingChains(program, usual);
  return left.flatMap((chain): RuleFinding[] => {
    if (living.has(chain)) return [];
    const stale = isKubeProxys(chain.name) && serviceChain.test(chain.name);
    const service = chain.source.rules
      .map((rule) => serviceIn(commentOf(rule)))
      .find((name) => name !== null);
    const place = chainPlace(chain.table, chain.name);
    if (stale) return [{ code: 'stale-service', place, service: service ?? null }];
    return isOthers(chain.name) ? [] : [{ code: 'unreachable', place, owner: ownerOf(chain.name) }];
  });
}

/**
 * What KUBE-SERVICES and KUBE-NODEPORTS lead to is of services that are there, whether or not packets come so far, and so is a chain that
 * admits sources, while all others are dropped.
 */
function livingChains({ chains }: Reached['program'], usual: UsualChains): ReadonlySet<LazyChain> {
  const living = new Set<LazyChain>();
  const entries = [...chains.values()].filter(({ name }) => /^KUBE-(?:SERVICES|NODEPORTS)$/.test(name));
  const waiting = [...entries, ...guardedBy(chains).map(({ guard }) => guard as LazyChain)];
  for (let chain = waiting.pop(); chain; chain = waiting.pop()) {
    if (living.has(chain)) continue;
    living.add(chain);
    const service = usual.service(chain);
    if (service) for (const one of service.endpoints) living.add(one.chain);
    else
      for (const { jump } of chain.rules)
        if (jump && !living.has(jump as LazyChain)) waiting.push(jump as LazyChain);
  }
  return living;
}

/** kube-proxy's own top chains may well be empty, and so may those of others who keep theirs ready (Calico, Docker). */
function findEmptyJumps({ unusual, usual }: Reached): RuleFinding[] {
  const isReady = (name: string) => ownerOf(name) !== null && !serviceChain.test(name);
  return unusual
    .filter(({ name }) => !isOthers(name))
    .flatMap((chain) =>
      chain.rules
        .filter(({ jump }) => jump && !usual.has(jump) && jump.rules.length === 0 && !isReady(jump.name))
        .map(
          (place): RuleFinding => ({
            code: 'empty-jump',
            place: placeOf(place),
            jumpedTo: place.jump?.name as string,
          }),
        ),
    );
}
