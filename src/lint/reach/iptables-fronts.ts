import { type Address, addressBits, familyOf } from '../../address/address.ts';
import { portProtocols, protocolName } from '../../address/protocols.ts';
import { contains, prefixMask, type Subnet } from '../../address/subnet.ts';
import { chainKey, type ProgramChain, type ProgramRule } from '../../engine/program.ts';
import type { Match } from '../../iptables/rule/match.ts';
import { serviceIn } from '../../proof/classes/entry.ts';
import { commentOf } from '../../proof/rules/keys.ts';
import { chainName } from '../../proxy/iptables/names.ts';
import { type IntervalSet, unionOf } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import { loopback } from './clients.ts';
import { type Front, placeOf } from './front.ts';
import { type UsualChains, usualChains } from './usual.ts';

const serviceChain = /^KUBE-(?:SVC|SVL|EXT|FW|XLB)-[A-Z2-7]{16}$/;

/**
 * The fronts that kube-proxy's chains know, whether or not anything leads to these chains. A rule without a port, or for
 * several addresses, is not kube-proxy's.
 */
export function listFronts(chains: ReadonlyMap<string, ProgramChain>): Front[] {
  const services = chains.get(chainKey('nat', 'KUBE-SERVICES'))?.rules ?? [];
  const nodePorts = chains.get(chainKey('nat', 'KUBE-NODEPORTS'))?.rules ?? [];
  const guards = lostGuards(chains, services);
  const usual = usualChains(chains);
  const told = [
    ...services.flatMap((rule) => frontOf(rule, 'own', guards, usual) ?? []),
    ...nodePorts.flatMap((rule) => frontOf(rule, 'node', guards, usual) ?? []),
  ];
  return [
    ...told.map(({ front }) => front),
    // Their chains tell whom they admit.
    ...lostBalancers(chains, told, usual),
    ...claimedFronts(services, nodePorts, told),
    ...lostFronts(chains, told, services.length === 0),
  ];
}

/** A rule of KUBE-PROXY-FIREWALL, and the chain that admits sources before, which its comment names. */
export function guardedBy(
  chains: ReadonlyMap<string, ProgramChain>,
): readonly { readonly rule: ProgramRule; readonly guard: ProgramChain }[] {
  const rules = chains.get(chainKey('filter', 'KUBE-PROXY-FIREWALL'))?.rules ?? [];
  return rules.flatMap((rule) => {
    const name = /not accepted by (KUBE-FW-\S+)$/.exec(commentOf(rule.rule) ?? '')?.[1];
    const guard = name === undefined ? undefined : chains.get(chainKey('nat', name));
    return guard ? [{ rule, guard }] : [];
  });
}

/** Addresses of load balancers whose clients are dropped but for those that a chain admits, and that no rule leads to that chain. */
function lostBalancers(
  chains: ReadonlyMap<string, ProgramChain>,
  told: readonly Told[],
  usual: UsualChains,
): Front[] {
  const known = new Set(told.map(({ front }) => keyOf(front)));
  return guardedBy(chains).flatMap(({ rule, guard }): Front[] => {
    const asked = askedOf(rule.rule.matches);
    if (asked === null || asked.address === null || known.has(keyOf(asked))) return [];
    const service = serviceIn(commentOf(rule.rule)) ?? guard.name;
    const keepsSource = guard.rules.some((one) => [...behind(one, usual)].some(isLocal));
    return [
      { ...asked, service, kind: 'external', place: placeOf(rule), sources: sourcesOf(guard), keepsSource },
    ];
  });
}

/**
 * Chains of source ranges that no rule leads to any more, though what they do not admit is still to be dropped, by the chain for those
 * outside of the same service. Others may be left of a service that has no ranges any more.
 */
function lostGuards(
  chains: ReadonlyMap<string, ProgramChain>,
  services: readonly ProgramRule[],
): ReadonlyMap<string, ProgramChain> {
  const guards = guardedBy(chains);
  if (guards.length === 0) return new Map();
  const asked = new Set(services.map(({ jump }) => jump));
  const lost = guards.map(({ guard }) => guard).filter((guard) => !asked.has(guard));
  return new Map(lost.map((chain) => [chain.name.replace('KUBE-FW-', 'KUBE-EXT-'), chain]));
}

/** A front, and the rule that takes its packets on. */
interface Told {
  readonly front: Front;
  readonly rule: ProgramRule;
}

/**
 * Cluster addresses that a service's chain asks for, to masquerade what does not come of a pod, and that no rule of KUBE-SERVICES
 * leads to. A chain that nothing leads to may be of a service that is gone; where KUBE-SERVICES has no rule at all, none of them is.
 */
function lostFronts(chains: ReadonlyMap<string, ProgramChain>, told: readonly Told[], all: boolean): Front[] {
  const usual = usualChains(chains);
  // Of nearly all chains a rule for just what they ask leads there at once.
  const led = new Map<ProgramChain, Front>();
  const living = new Set<ProgramChain>();
  for (const { front, rule } of told) {
    if (rule.jump !== null && front.address !== null) led.set(rule.jump, front);
    if (rule.jump !== null && usual.has(rule.jump)) living.add(rule.jump);
    else for (const chain of behind(rule, usual)) living.add(chain);
  }
  let keys: Set<string> | null = null;
  const known = () => {
    keys ??= new Set(told.map(({ front }) => keyOf(front)));
    return keys;
  };
  const asking = [...(all ? chains.values() : living)].filter(
    ({ name, table }) => table === 'nat' && /^KUBE-SV[CL]-/.test(name),
  );
  return asking.flatMap((chain) => {
    const rules = usual.service(chain)?.marking ?? chain.rules.map(({ rule }) => rule);
    return rules.flatMap(({ target, matches }, at) => {
      if (target?.kind !== 'jump' || target.chain !== 'KUBE-MARK-MASQ') return [];
      // By whatever pods are told apart.
      const asked = askedOf(
        matches.filter(({ kind }) => kind !== 'source' && kind !== 'in-interface' && kind !== 'physdev'),
      );
      if (asked === null || asked.address === null || isSame(asked, led.get(chain))) return [];
      if (known().has(keyOf(asked))) return [];
      known().add(keyOf(asked));
      const rule = chain.rules[at] as ProgramRule;
      const service = serviceIn(commentOf(rule.rule)) ?? chain.name;
      const front = {
        ...asked,
        service,
        kind: 'cluster-ip',
        place: placeOf(rule),
        sources: null,
        keepsSource: false,
      } as const;
      return [front];
    });
  });
}

/**
 * Fronts that only the comment of a rule tells: it asks for more than kube-proxy does, or the other way round, or leads somewhere else.
 * Whoever is to come there is not led by it.
 */
function claimedFronts(
  services: readonly ProgramRule[],
  nodePorts: readonly ProgramRule[],
  told: readonly Told[],
): Front[] {
  const known = new Set(told.map(({ rule }) => rule));
  const claimed = (rule: ProgramRule, of: 'own' | 'node'): Front[] => {
    const comment = commentOf(rule.rule);
    const service = serviceIn(comment);
    const [, what] = / (cluster IP|external IP|loadbalancer IP)$/.exec(comment ?? '') ?? [];
    if (known.has(rule) || service === null || (what === undefined) !== (of === 'node')) return [];
    const asked = askedOf(rule.rule.matches.flatMap(plainly));
    if (asked === null || (asked.address === null) !== (of === 'node')) return [];
    if (told.some(({ front }) => isSame(asked, front))) return [];
    const inside = what === 'cluster IP' ? 'cluster-ip' : 'external';
    const kind = of === 'node' ? 'node-port' : inside;
    return [{ ...asked, service, kind, place: placeOf(rule), sources: null, keepsSource: false }];
  };
  return [
    ...services.flatMap((rule) => claimed(rule, 'own')),
    ...nodePorts.flatMap((rule) => claimed(rule, 'node')),
  ];
}

/** What kube-proxy would have asked in its place; nothing where it asks no such thing. */
function plainly(match: Match): Match[] {
  if (match.kind === 'destination' || match.kind === 'protocol') return [{ ...match, negated: false }];
  return match.kind === 'comment' || 'destinationPort' in match ? [match] : [];
}

type Asked = Pick<Front, 'protocol' | 'address' | 'port'>;

function isSame({ protocol, address, port }: Asked, front: Front | undefined): boolean {
  return front?.address === address && front?.port === port && front?.protocol === protocol;
}

function keyOf({ protocol, address, port }: Asked): string {
  return `${protocol} ${address} ${port}`;
}

/** The chains of a service behind the rule that leads to it: its own, and those that this one leads to. */
function* behind({ jump }: ProgramRule, usual: UsualChains): Generator<ProgramChain> {
  if (jump === null || !serviceChain.test(jump.name)) return;
  yield jump;
  if (!usual.has(jump)) for (const next of jump.rules) yield* behind(next, usual);
}

/** The node's addresses on which node ports are open, where kube-proxy names them one by one. */
export function nodePortAddresses(chains: ReadonlyMap<string, ProgramChain>): Address[] {
  const services = chains.get(chainKey('nat', 'KUBE-SERVICES'))?.rules ?? [];
  return services.flatMap(({ rule: { matches, target } }) => {
    if (target?.kind !== 'jump' || target.chain !== 'KUBE-NODEPORTS') return [];
    const asked = matches.find((match) => match.kind === 'destination' && !match.negated);
    return asked?.kind === 'destination' && isSingle(asked.subnet) ? [asked.subnet.address] : [];
  });
}

/** Whether what is sent to node ports at 127.0.0.1 is given to endpoints, as it is where kube-proxy is not told otherwise. */
export function servesLoopback(chains: ReadonlyMap<string, ProgramChain>): boolean {
  const services = chains.get(chainKey('nat', 'KUBE-SERVICES'))?.rules ?? [];
  return services.some(
    ({ rule: { matches, target } }) =>
      target?.kind === 'jump' &&
      target.chain === 'KUBE-NODEPORTS' &&
      matches.every(
        (match) => match.kind !== 'destination' || contains(match.subnet, loopback) !== match.negated,
      ),
  );
}

function frontOf(
  rule: ProgramRule,
  of: 'own' | 'node',
  guards: ReadonlyMap<string, ProgramChain>,
  usual: UsualChains,
): Told | null {
  const { target, matches } = rule.rule;
  if (target?.kind !== 'jump' || !serviceChain.test(target.chain)) return null;
  const asked = askedOf(matches);
  if (asked === null || (asked.address === null) !== (of === 'node')) return null;
  const service = serviceIn(commentOf(rule.rule)) ?? target.chain;
  const inside = target.chain.startsWith('KUBE-SV') ? 'cluster-ip' : 'external';
  const front: Front = {
    ...asked,
    protocol: protocolOf(service, target.chain, asked.protocol),
    service,
    kind: of === 'node' ? 'node-port' : inside,
    place: placeOf(rule),
    sources: sourcesAt(rule, of, guards),
    keepsSource: of !== 'own' || inside === 'external' ? [...behind(rule, usual)].some(isLocal) : false,
  };
  return { front, rule };
}

/** kube-proxy makes the chain's name of the service's port and its protocol, whatever the rule asks for that leads there. */
function protocolOf(service: string, chain: string, asked: number): number {
  const isMade = (protocol: number) =>
    chainName('KUBE-SVC-', service + protocolName(protocol)).slice(-16) === chain.slice(-16);
  return [asked, ...portProtocols].find(isMade) ?? asked;
}

/** The chain of the endpoints of this node. */
function isLocal({ name }: ProgramChain): boolean {
  return name.startsWith('KUBE-SVL-');
}

/** What a rule asks for, if that is a protocol, a port and at most one address, and nothing else. */
export function askedOf(matches: readonly Match[]): Asked | null {
  let protocol: number | null = null;
  let address: Address | null = null;
  let port: number | null = null;
  for (const match of matches) {
    if (match.kind === 'comment') continue;
    if (match.kind === 'protocol' && !match.negated) protocol = match.protocol;
    else if (match.kind === 'destination' && !match.negated && isSingle(match.subnet))
      address = match.subnet.address;
    else if ('destinationPort' in match && match.destinationPort && !match.destinationPort.negated) {
      const { first, last } = match.destinationPort.value;
      if (first !== last || match.sourcePort) return null;
      port = first;
    } else if (!('destinationPort' in match)) return null;
  }
  if (protocol === null || !portProtocols.has(protocol) || port === null) return null;
  return { protocol, address, port };
}

function isSingle({ address, mask }: Subnet): boolean {
  const family = familyOf(address);
  return mask === prefixMask(family, addressBits[family]);
}

function sourcesAt(
  { jump }: ProgramRule,
  of: 'own' | 'node',
  guards: ReadonlyMap<string, ProgramChain>,
): IntervalSet | null {
  const guard = of === 'own' && jump ? (guards.get(jump.name) ?? jump) : null;
  return guard && sourcesOf(guard);
}

/** kube-proxy's firewall of a balancer takes some sources on, and the rest comes back to be dropped. */
function sourcesOf(chain: ProgramChain): IntervalSet | null {
  if (!chain.name.startsWith('KUBE-FW-')) return null;
  const asked = chain.rules.flatMap(({ rule }) => {
    const { matches, target } = rule;
    const source = matches.find((match) => match.kind === 'source');
    const isLeading = target?.kind === 'jump' && serviceChain.test(target.chain);
    // By its comment it admits these, whatever it does.
    const isClaimed = source && / loadbalancer IP$/.test(commentOf(rule) ?? '');
    if (!isLeading && !isClaimed) return [];
    return source && (isClaimed || !source.negated) ? [subnetSet(source.subnet)] : [null];
  });
  return asked.includes(null) ? null : unionOf(asked as IntervalSet[]);
}
