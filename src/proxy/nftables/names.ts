import { type Address, familyOf, formatAddress } from '../../address/address.ts';
import { longestComment } from '../../nftables/comment.ts';
import type { Decision } from '../decide/decide.ts';
import { hashedName } from '../decide/hashed-name.ts';
import type { NftablesShape } from '../decide/release.ts';

/** What chains and sets of nftables mode that belong to one service port, or to one of its endpoints, begin with. */
export type NamePrefix = 'service' | 'local' | 'external' | 'endpoint' | 'affinity' | 'firewall';

/** nft allows 256 bytes; kube-proxy leaves 16 of them to the prefix. */
const longest = 240;

/** `PFISGYVC-default/web/tcp/http`: the hash keeps names apart that had to be cut. */
export function serviceName({ service, servicePort, protocol }: Decision): string {
  return hashed(baseOf(service, servicePort.name, protocol));
}

export function endpointName(
  { service, servicePort, protocol }: Decision,
  address: Address,
  port: number,
): string {
  const text = formatAddress(address);
  const spelled = familyOf(address) === 'ipv6' ? text.replaceAll(':', '.') : text;
  return hashed(`${baseOf(service, servicePort.name, protocol)}__${spelled}/${port}`);
}

/** What elements of a service port are commented with. */
export function commentOf({ name }: Decision, { cutsComments }: NftablesShape): string {
  return cutsComments ? name.slice(0, longestComment) : name;
}

function baseOf(service: Decision['service'], port: string, protocol: string): string {
  return `${service.namespace}/${service.name}/${protocol.toLowerCase()}/${port}`;
}

function hashed(text: string): string {
  const name = `${hashedName('', text, 8)}-${text}`;
  return name.length > longest ? `${name.slice(0, longest - 3)}...` : name;
}

/** What a chain of kube-proxy's is for, as its name tells. */
export interface ChainOwner {
  readonly kind: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly protocol: string;
  /** The port's name; empty where it has none. */
  readonly port: string;
  /** `10.244.1.5/8080`; of IPv6 the colons are dots. */
  readonly endpoint: string | undefined;
}

const ownName =
  /^(service|local|external|endpoint|affinity|firewall)-[A-Z2-7]{8}-([^/]+\/[^/]+)\/([a-z]+)\/([a-z0-9-]*)(?:__(.+))?$/;
const ownTables: ReadonlySet<string> = new Set(['ip kube-proxy', 'ip6 kube-proxy']);

/** Null: it is no chain of a Service, or its name was cut. */
export function ownerOfChain(table: string, chain: string): ChainOwner | null {
  const [, kind, service, protocol, port, endpoint] = (ownTables.has(table) && ownName.exec(chain)) || [];
  if (kind === undefined || service === undefined || protocol === undefined || port === undefined)
    return null;
  return { kind, service, protocol, port, endpoint };
}
