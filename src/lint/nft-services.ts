import { type Address, formatAddress, formatEndpoint } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Host } from '../host/model.ts';
import type { NftTable } from '../nftables/model.ts';
import { printRule } from '../nftables/print/tables.ts';
import {
  addressesIn,
  type FrontMap,
  type ListedFront,
  listedIn,
  nameOfTable,
  serviceOfName,
  setNamed,
} from '../proxy/nftables/listed.ts';
import { ownerOfChain } from '../proxy/nftables/names.ts';
import { chainPlace, type Place, placeOf, type RuleFinding } from './finding.ts';
import { everyClient, originOf } from './reach/clients.ts';
import { mayMeet } from './reach/met.ts';
import { mostWays, packetTo } from './reach/packet.ts';

const refusing: readonly (readonly [FrontMap, chain: string])[] = [
  ['no-endpoint-services', 'service-endpoints-check'],
  ['no-endpoint-nodeports', 'nodeport-endpoints-check'],
];

/**
 * The services that kube-proxy refuses, one for each: those without endpoints. What it drops has endpoints elsewhere, and is meant so
 * (policy Local): of the internal policy it is told as that.
 */
export function findRefused(
  table: NftTable,
  program: IrProgram,
  hosts: () => readonly Host[],
): RuleFinding[] {
  const told = new Set<string>();
  const clusterIPs = new Set(addressesIn(table, 'cluster-ips'));
  const isInside = ({ address }: ListedFront) => address !== null && clusterIPs.has(address);
  const inside = new Set(
    listedIn(table, 'no-endpoint-services').flatMap((front) =>
      isInside(front) && front.chain !== null ? [front.comment] : [],
    ),
  );
  const isMeant = (front: ListedFront) =>
    front.chain === null && clusterIPs.size > 0 && !isInside(front) && !inside.has(front.comment);
  return refusing.flatMap(([map, chain]) =>
    listedIn(table, map).flatMap((front): RuleFinding[] => {
      if (isMeant(front) || isServedBefore(front, table, program, hosts)) return [];
      const { address, port, comment, chain: leads } = front;
      const service = comment ?? (address === null ? `:${port}` : formatEndpoint(address, port));
      const how = leads === null ? 'dropped' : 'rejected';
      const key = `${service} ${how}`;
      if (told.has(key)) return [];
      told.add(key);
      const place = placeOfChain(table, chain, program);
      if (leads === null && isInside(front)) return [{ code: 'local-elsewhere', place, service }];
      const to = comment === undefined ? null : { address, port };
      return [{ code: 'service-rejects', place, service, lacks: 'endpoints', to, how }];
    }),
  );
}

/** Whether packets are led to endpoints before anything asks whether there are some. kube-proxy writes one of them. */
function isServedBefore(
  front: ListedFront,
  table: NftTable,
  program: IrProgram,
  hosts: () => readonly Host[],
): boolean {
  const isSame = (one: ListedFront) =>
    one.address === front.address && one.port === front.port && one.protocol === front.protocol;
  const maps = ['service-ips', 'service-nodeports'] as const;
  if (!maps.some((map) => listedIn(table, map).some(isSame))) return false;
  const name = nameOfTable(table);
  const asks = new Set(refusing.map(([, chain]) => chain));
  return !mayMeet(program, hosts(), front, (place) => place.table === name && asks.has(place.chain));
}

function placeOfChain(table: NftTable, chain: string, { chains }: IrProgram): Place {
  const name = nameOfTable(table);
  const rule = chains.get(`${name}/${chain}`)?.rules[0];
  return rule ? placeOf(rule) : chainPlace(name, chain);
}

/**
 * Cluster addresses that kube-proxy knows, and of which none of its maps has a port, and services with endpoints, no address of which is
 * in them: whatever is sent there is refused. Which service has an address, the maps would tell; where several are lost, each is told by
 * itself, but for those of which another port, or a rule, tells it.
 */
export function findLostAddresses(table: NftTable, program: IrProgram): RuleFinding[] {
  const fronts = listedIn(table, 'service-ips');
  const known = new Set(
    [...fronts, ...listedIn(table, 'no-endpoint-services')].map(({ address }) => address),
  );
  const lost = addressesIn(table, 'cluster-ips').filter((address) => !known.has(address));
  const services = servicesWithoutAddress(table);
  const [only, ...others] = services;
  const told = lost.map((address) => ({
    address,
    service: named(table, address) ?? (others.length === 0 && lost.length === 1 ? only : undefined) ?? null,
  }));
  const left = services.filter((service) => told.every((one) => one.service !== service));
  const place = placeOfChain(table, 'services', program);
  return [...told, ...left.map((service) => ({ service, address: addressBeside(table, service) }))].map(
    (one): RuleFinding => ({ code: 'address-lost', place, ...one }),
  );
}

/**
 * Cluster addresses that lead to endpoints and whose other ports nobody refuses, where kube-proxy has a set of those that are to be refused
 * (1.31 and later): those that are not in it, and where packets do not come to the rule that asks it, all.
 */
export function findUnguarded(
  table: NftTable,
  program: IrProgram,
  hosts: () => readonly Host[],
): RuleFinding[] {
  if (!setNamed(table, 'cluster-ips')) return [];
  const guarded = new Set(addressesIn(table, 'cluster-ips'));
  const led = new Map<Address, string>();
  for (const { address, chain } of inside(table))
    if (address !== null) led.set(address, serviceOfName(table, chain as string));
  const [first] = [...led.keys()].filter((address) => guarded.has(address));
  // `nft list map` shows a part of the table, and of none of it where packets come in.
  const isShown =
    table.chains.some(({ base }) => base !== undefined) &&
    table.chains.some(({ name }) => name === 'cluster-ips-check');
  const isAsked = !isShown || first === undefined || isRefused(first, program, hosts());
  const place = placeOfChain(table, 'cluster-ips-check', program);
  const lost = [...led].filter(([address]) => !isAsked || !guarded.has(address));
  return lost.map(([address, service]) => ({ code: 'ports-unrefused', place, address, service }));
}

/** Whether what pods and the node send to a port of an address that no service has gets no further, as far as anybody can tell. */
function isRefused(address: Address, program: IrProgram, hosts: readonly Host[]): boolean {
  return hosts.some((host) =>
    everyClient(host)
      .filter(({ kind }) => kind !== 'external')
      .every((client) => {
        const ends = { source: client.source, destination: address, from: originOf(client) };
        const { outcomes } = tracePacket(program, host, packetTo(unused, ends), { limit: mostWays });
        return outcomes.some(({ verdict, dnat }) => verdict !== 'accept' || dnat !== null);
      }),
  );
}

/** No service has it. */
const unused = { protocol: 6, port: 9 } as const;

/** Services with a chain that has rules, to which no address of their own leads, and of which it is not said that they have no endpoints. */
function servicesWithoutAddress(table: NftTable): readonly string[] {
  const led = new Set(inside(table).map(({ chain }) => chain));
  const clusterIPs = new Set(addressesIn(table, 'cluster-ips'));
  const refused = new Set(
    listedIn(table, 'no-endpoint-services').flatMap(({ address, comment }) =>
      address !== null && clusterIPs.has(address) ? [comment] : [],
    ),
  );
  const chains = table.chains.filter(
    ({ name, rules }) => /^(?:service|local)-.*\//.test(name) && rules.length > 0,
  );
  // Of one of them the cluster address is for all endpoints, or for those of this node: the other chain is for those outside.
  const found = new Set(
    chains.filter(({ name }) => led.has(name)).map(({ name }) => serviceOfName(table, name)),
  );
  const services = chains.flatMap(({ name }) =>
    ownerOfChain(nameOfTable(table), name) ? [serviceOfName(table, name)] : [],
  );
  return [...new Set(services)].filter((service) => !found.has(service) && !refused.has(service));
}

/** What leads to the chains of services by their own addresses. */
function inside(table: NftTable): readonly ListedFront[] {
  return listedIn(table, 'service-ips').filter(
    ({ chain }) => chain !== null && !chain.startsWith('external-'),
  );
}

/** The address of a service by another of its ports. */
function addressBeside(table: NftTable, service: string): Address | null {
  const [name] = service.split(':');
  const other = inside(table).find(
    ({ chain }) => serviceOfName(table, chain as string).split(':')[0] === name,
  );
  return other?.address ?? null;
}

/** Up to 1.35 the service's chain asks for its address, to masquerade what is not from a pod. */
function named(table: NftTable, address: Address): string | undefined {
  const text = ` daddr ${formatAddress(address)} `;
  const chain = table.chains.find(
    ({ name, rules }) => name.includes('/') && rules.some((rule) => printRule(rule).includes(text)),
  );
  return chain && serviceOfName(table, chain.name);
}
