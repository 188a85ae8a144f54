import { type Address, formatAddress, formatEndpoint } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import type { NftTable } from '../nftables/model.ts';
import { printRule } from '../nftables/print/tables.ts';
import {
  addressesIn,
  type FrontMap,
  type ListedFront,
  listedIn,
  nameOfTable,
  serviceOfName,
} from '../proxy/nftables/listed.ts';
import { chainPlace, type Place, placeOf, type RuleFinding } from './finding.ts';

const refusing: readonly (readonly [FrontMap, chain: string])[] = [
  ['no-endpoint-services', 'service-endpoints-check'],
  ['no-endpoint-nodeports', 'nodeport-endpoints-check'],
];

/**
 * The services that kube-proxy refuses or drops, one for each: those without endpoints. What it drops for clients outside alone has
 * endpoints elsewhere, and is meant so (external policy Local).
 */
export function findRefused(table: NftTable, program: IrProgram): RuleFinding[] {
  const told = new Set<string>();
  const clusterIPs = new Set(addressesIn(table, 'cluster-ips'));
  const isInside = ({ address }: ListedFront) => address !== null && clusterIPs.has(address);
  const inside = new Set(
    listedIn(table, 'no-endpoint-services').flatMap((front) => (isInside(front) ? [front.comment] : [])),
  );
  const isMeant = (front: ListedFront) =>
    front.chain === null && clusterIPs.size > 0 && !isInside(front) && !inside.has(front.comment);
  return refusing.flatMap(([map, chain]) =>
    listedIn(table, map).flatMap((front): RuleFinding[] => {
      if (isMeant(front)) return [];
      const { address, port, comment, chain: leads } = front;
      const at = address === null ? `node port ${port}` : formatEndpoint(address, port);
      const service = comment ?? at;
      const how = leads === null ? 'dropped' : 'rejected';
      const key = `${service} ${how}`;
      if (told.has(key)) return [];
      told.add(key);
      const what = comment === undefined ? `${at} has no endpoints` : `${comment} has no endpoints for ${at}`;
      return [{ code: 'service-rejects', place: placeOfChain(table, chain, program), service, what, how }];
    }),
  );
}

function placeOfChain(table: NftTable, chain: string, { chains }: IrProgram): Place {
  const name = nameOfTable(table);
  const rule = chains.get(`${name}/${chain}`)?.rules[0];
  return rule ? placeOf(rule) : chainPlace(name, chain);
}

/**
 * Cluster addresses that kube-proxy knows, and of which none of its maps has a port: whatever is sent there is refused. Which service has
 * the address, the maps would tell; where one service alone has no address of its own in them, it is that one's.
 */
export function findLostAddresses(table: NftTable, program: IrProgram): RuleFinding[] {
  const fronts = listedIn(table, 'service-ips');
  const known = new Set(
    [...fronts, ...listedIn(table, 'no-endpoint-services')].map(({ address }) => address),
  );
  const lost = addressesIn(table, 'cluster-ips').filter((address) => !known.has(address));
  if (lost.length === 0) return [];
  const services = servicesWithoutAddress(table);
  const place = placeOfChain(table, 'services', program);
  return lost.map((address): RuleFinding => {
    const service =
      named(table, address) ?? (services.length === 1 && lost.length === 1 ? services[0] : undefined);
    return { code: 'address-lost', place, service: service ?? null, address };
  });
}

/** Services of which a chain is there, and no address of their own leads to it. */
function servicesWithoutAddress(table: NftTable): readonly string[] {
  const led = new Set(
    listedIn(table, 'service-ips').flatMap(({ chain }) => (chain?.startsWith('external-') ? [] : [chain])),
  );
  const chains = table.chains.filter(({ name }) => /^(?:service|local)-.*\//.test(name) && !led.has(name));
  return [...new Set(chains.map(({ name }) => serviceOfName(table, name)))];
}

/** Up to 1.35 the service's chain asks for its address, to masquerade what is not from a pod. */
function named(table: NftTable, address: Address): string | undefined {
  const text = ` daddr ${formatAddress(address)} `;
  const chain = table.chains.find(
    ({ name, rules }) => name.includes('/') && rules.some((rule) => printRule(rule).includes(text)),
  );
  return chain && serviceOfName(table, chain.name);
}
