import { type Address, formatEndpoint, parseAddress } from '../../address/address.ts';
import { fullSet } from '../../engine/fields.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import type { IrChain, IrProgram, IrRule, RulePlace } from '../../engine/ir.ts';
import type { NftTable } from '../../nftables/model.ts';
import { proxyComments } from '../../proxy/decide/comments.ts';
import {
  addressesIn,
  type FrontMap,
  guardedBy,
  hairpinAddresses,
  type ListedFront,
  listedIn,
  nameOfTable,
  serviceOfName,
  setNamed,
} from '../../proxy/nftables/listed.ts';
import { ownerOfChain } from '../../proxy/nftables/names.ts';
import { emptySet, type IntervalSet, subtract } from '../../sets/intervals.ts';
import type { ClientKind } from './clients.ts';
import { chainPlace, type Front, type Place, placeOf } from './front.ts';
import type { MadeFor, ProxyRules } from './proxy.ts';

/** kube-proxy's rules of nftables mode. */
export function nftablesRules(table: NftTable, program: IrProgram): ProxyRules {
  const name = nameOfTable(table);
  const isOurs = (place: RulePlace) => place.table === name;
  const asksFirst = asksBeforeTranslation(table);
  // `nft list chain` and `nft list map` show a part of the table, and of none of it where packets come in.
  const isWhole = table.chains.some(({ base }) => base !== undefined);
  const led = frontsOf(table, program);
  const hairpins = new Set(hairpinAddresses(table));
  const served = new Map(led.map(({ front, inside }) => [front, inside]));
  return {
    fronts: led.map(({ front }) => front),
    nodePortAddresses: addressesIn(table, 'nodeport-ips'),
    // Its rules leave them out.
    servesLoopback: false,
    ownEndpoint: [...ownEndpoints(table, program)][0] ?? null,
    ownEndpoints: setNamed(table, 'hairpin-connections') ? ownEndpoints(table, program) : null,
    ownUntold: isOwnUntold(table, program) ? chainPlace(name, '@hairpin-connections') : null,
    forgetful: [],
    // What comes to a port of the node is let in by nobody in this mode.
    healthChecks: [],
    shows: () => isWhole,
    showsMasquerade: isWhole,
    isOwn: (place) => isOurs(place) && /^(?:endpoint|service|local)-/.test(place.chain),
    madeForAnother: (place, _front, to) => madeForAnother(place, to),
    isMeant: (place, front, { kind }) => {
      if (!isOurs(place)) return false;
      if (place.chain.startsWith('firewall-'))
        return place.chain !== 'firewall-check' && isForStrangers(place, kind, front, program);
      if (!refusing.has(place.chain)) return false;
      if (front.kind === 'cluster-ip') return false;
      return asksFirst || served.get(front)?.has(kind) !== true;
    },
    isAmongOwn: (place) => isOurs(place) && place.chain.startsWith('local-'),
    masksOutsiders: (front) => masksOutsiders(front, table, led, program),
    endpointChains: (front) => {
      const rules = program.chains.get(`${name}/${chainOf(front, led)}`)?.rules ?? [];
      const own = rules.flatMap(({ code }) => [...endpointChainsIn(code)]);
      return new Map(own.map((one) => [one, endpointOfName(name, one) ?? one]));
    },
    oddHairpin: ({ chain }, endpoint) => {
      if (!setNamed(table, 'hairpin-connections'))
        return chain.startsWith('endpoint-') ? chainPlace(name, chain) : null;
      return hairpins.has(endpoint) ? null : chainPlace(name, '@hairpin-connections');
    },
  };
}

/** Up to 1.35 the chain of the service asks for its address, and later one rule does for all that are known as cluster addresses. */
function masksOutsiders(
  front: Front,
  table: NftTable,
  led: readonly LedFront[],
  { chains }: IrProgram,
): RulePlace | null {
  const rulesOf = (chain: string | undefined) => chains.get(`${nameOfTable(table)}/${chain}`)?.rules ?? [];
  const own = rulesOf(chainOf(front, led)).find(({ text }) => /^ip6? daddr /.test(text ?? ''));
  if (own || front.address === null || !addressesIn(table, 'cluster-ips').includes(front.address))
    return own ?? null;
  const isIt = ({ text }: RulePlace) => text?.includes(proxyComments.outsiders) === true;
  return rulesOf('services').find(isIt) ?? null;
}

function chainOf(front: Front, led: readonly LedFront[]): string | undefined {
  return led.find((one) => one.front === front)?.chain;
}

function* endpointChainsIn(code: IrRule['code']): Generator<string> {
  for (const instruction of instructionsIn(code))
    if (
      (instruction.do === 'jump' || instruction.do === 'goto') &&
      instruction.chain.name.startsWith('endpoint-')
    )
      yield instruction.chain.name;
}

/** Whom the ranges admit is to be let in; and where nothing tells whom they admit, a drop that asks for no source is none of ranges. */
function isForStrangers(
  { table, chain, number }: RulePlace,
  kind: ClientKind,
  { sources }: Front,
  program: IrProgram,
): boolean {
  if (kind === 'stranger') return true;
  const code = program.chains.get(`${table}/${chain}`)?.rules[number - 1]?.code ?? [];
  return sources === null && code.some((instruction) => instruction.do === 'test');
}

/** The chains that ask whether there are endpoints, and what refuses for them. */
const refusing: ReadonlySet<string> = new Set([
  'service-endpoints-check',
  'nodeport-endpoints-check',
  'reject-chain',
]);

/** Up to 1.33 the chains that ask whether there are endpoints do so of packets that no chain has translated yet. */
function asksBeforeTranslation({ chains }: NftTable): boolean {
  const priority = chains.find(({ name }) => name === 'filter-input')?.base?.priority;
  return priority !== undefined && priority < -100;
}

/** A front, and the clients whom its chain leads to an endpoint whatever is asked of endpoints for those outside. */
interface LedFront {
  readonly front: Front;
  readonly chain: string;
  readonly inside: ReadonlySet<ClientKind>;
}

function frontsOf(table: NftTable, program: IrProgram): LedFront[] {
  const name = nameOfTable(table);
  const chainOf = (chain: string): IrChain | undefined => program.chains.get(`${name}/${chain}`);
  const admitted = new Map(listedIn(table, 'firewall-ips').map((one) => [keyOf(one), one.chain]));
  const asked = new Set(admitted.values());
  // Chains of source ranges that no address leads to any more: whose they are, their names tell.
  const lost = new Map(
    table.chains.flatMap(({ name: guard }) => {
      const guarded = asked.has(guard) ? null : guardedBy(guard);
      return guarded === null ? [] : [[guarded, guard] as const];
    }),
  );
  const made = (map: FrontMap, kindOf: (chain: string) => Front['kind']): LedFront[] => {
    const place = placeOfMap(map, chainOf('services'), name);
    return listedIn(table, map).flatMap((listed): LedFront[] => {
      const { chain, comment: _, ...asked } = listed;
      if (chain === null) return [];
      const guard = admitted.get(keyOf(listed)) ?? (listed.address === null ? null : lost.get(chain));
      const leads = chainOf(chain)?.rules ?? [];
      const kind = kindOf(chain);
      const front: Front = {
        ...asked,
        service: serviceOfName(table, chain),
        kind,
        place,
        sources: guard == null ? null : sourcesOf(chainOf(guard), program),
        keepsSource:
          chain.startsWith('external-') && !leads.some((rule) => isForAll(rule) && leadsTo(rule, 'service-')),
      };
      return [{ front, chain, inside: kind === 'cluster-ip' ? all : ledInside(leads) }];
    });
  };
  return [
    ...made('service-ips', (chain) => (chain.startsWith('external-') ? 'external' : 'cluster-ip')),
    ...made('service-nodeports', () => 'node-port'),
  ];
}

const all: ReadonlySet<ClientKind> = new Set([
  'pod',
  'endpoint',
  'elsewhere',
  'host',
  'external',
  'remembered',
]);

/** A chain for those outside takes pods and the node to all endpoints by rules of their own; one without rules is no chain of kube-proxy's. */
function ledInside(rules: readonly IrRule[]): ReadonlySet<ClientKind> {
  if (rules.length === 0) return all;
  const short = rules.filter((rule) => leadsTo(rule, 'service-'));
  return new Set([
    ...(short.some((rule) => asks(rule, 'source')) || isSaid(rules, 'pod')
      ? (['pod', 'endpoint'] as const)
      : []),
    ...(short.some((rule) => asks(rule, 'sourceType')) || isSaid(rules, 'local') ? (['host'] as const) : []),
    ...(short.some(isForAll) ? all : []),
  ]);
}

/** Whether a comment says that a rule is for them, wherever it leads. */
function isSaid(rules: readonly IrRule[], who: 'pod' | 'local'): boolean {
  return rules.some(({ text }) => text?.includes(`"short-circuit ${who} traffic"`));
}

function asks({ code }: IrRule, field: 'source' | 'sourceType'): boolean {
  return code.some(
    (instruction) =>
      instruction.do === 'test' &&
      instruction.condition.kind === 'test' &&
      instruction.condition.field === field,
  );
}

function keyOf({ address, protocol, port }: ListedFront): string {
  return `${address} ${protocol} ${port}`;
}

/** The rule that looks it up, or the chain that should. */
function placeOfMap(map: FrontMap, services: IrChain | undefined, table: string): Place {
  const rule = services?.rules.find(({ text }) => text?.split(/\s+/).includes(`@${map}`));
  return rule ? placeOf(rule) : chainPlace(table, 'services');
}

/** A rule of policy Cluster takes all packets on; one that asks from where they come is for pods and the node. */
function isForAll({ code }: IrRule): boolean {
  return code.every((instruction) => instruction.do !== 'test');
}

function leadsTo({ jump }: IrRule, prefix: string): boolean {
  return jump?.name.startsWith(prefix) === true;
}

/** `ip saddr != { … } drop`. Of a chain that has lost its rules it is not known whom it admitted, and none of them is told to be cut off. */
function sourcesOf(chain: IrChain | undefined, { family }: IrProgram): IntervalSet | null {
  if (chain?.rules.length === 0) return emptySet;
  for (const { code } of chain?.rules ?? []) {
    if (!code.some((instruction) => instruction.do === 'drop')) continue;
    for (const instruction of code) {
      if (instruction.do !== 'test') continue;
      const { condition } = instruction;
      const inner = condition.kind === 'not' ? condition.of : condition;
      if (inner.kind !== 'test' || inner.field !== 'source' || inner.mask !== undefined) continue;
      return condition.kind === 'not' ? inner.set : subtract(fullSet('source', family), inner.set);
    }
  }
  return null;
}

/** Hairpin connections are those of endpoints of this node alone, and so are the chains of policy Local. */
function ownEndpoints(table: NftTable, program: IrProgram): ReadonlySet<Address> {
  const local = table.chains.flatMap(({ name }) => {
    const chain = name.startsWith('local-') && program.chains.get(`${nameOfTable(table)}/${name}`);
    return chain ? [...endpointsBehind(chain)] : [];
  });
  return new Set([...hairpinAddresses(table), ...local]);
}

/** Whether there are endpoints and a set for those of this node, and nothing says that one of them is. */
function isOwnUntold(table: NftTable, program: IrProgram): boolean {
  if (!setNamed(table, 'hairpin-connections') || ownEndpoints(table, program).size > 0) return false;
  return listedIn(table, 'service-ips').some(({ chain }) => chain?.startsWith('service-'));
}

function* endpointsBehind(chain: IrChain): Generator<Address> {
  for (const { code } of chain.rules) {
    for (const instruction of instructionsIn(code)) {
      if (instruction.do === 'nat' && instruction.range.addresses) yield instruction.range.addresses.first;
      if (instruction.do === 'jump' || instruction.do === 'goto') yield* endpointsBehind(instruction.chain);
    }
  }
}

/** `endpoint-…__10.244.1.5/8080` says whose chain it is; the colons of IPv6 are dots. */
function madeForAnother({ table, chain }: RulePlace, to: string): MadeFor | null {
  const meant = endpointOfName(table, chain);
  return meant === null || meant === to ? null : { endpoint: meant };
}

/** `10.244.1.5:8080` of the name of an endpoint's chain; null: it was cut. */
export function endpointOfName(table: string, chain: string): string | null {
  const named = ownerOfChain(table, chain)?.endpoint;
  if (named === undefined) return null;
  const [text = '', port = ''] = named.split('/');
  const address = parseAddress(text) ?? parseAddress(text.replaceAll('.', ':'));
  return address === undefined ? null : formatEndpoint(address, Number(port));
}
