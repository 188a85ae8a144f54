import { addressBits, familyOf, formatAddress } from '../../address/address.ts';
import { formatSubnet, prefixLength, type Subnet } from '../../address/subnet.ts';
import type { Match } from './match.ts';
import type { BaseMatchKind } from './options.ts';
import { protocolName } from './protocols.ts';

/** One base option in canonical spelling, with a blank before it. */
type BasePrinters = { readonly [K in BaseMatchKind]: (match: Extract<Match, { kind: K }>) => string };

const not = (negated: boolean) => (negated ? ' !' : '');

export const basePrinters: BasePrinters = {
  source: ({ negated, subnet }) =>
    isNoTest(negated, subnet) ? '' : `${not(negated)} -s ${formatSubnet(subnet)}`,
  destination: ({ negated, subnet }) =>
    isNoTest(negated, subnet) ? '' : `${not(negated)} -d ${formatSubnet(subnet)}`,
  'in-interface': ({ negated, name }) => `${not(negated)} -i ${name}`,
  'out-interface': ({ negated, name }) => `${not(negated)} -o ${name}`,
  protocol: ({ negated, protocol }) => `${not(negated)} -p ${protocolName(protocol)}`,
  fragment: ({ negated }) => `${not(negated)} -f`,
};

/** `-s 0.0.0.0/0` holds for every packet, and the kernel forgets it. */
function isNoTest(negated: boolean, { mask }: Subnet): boolean {
  return !negated && (mask === 0 || mask === 0n);
}

/** A subnet of one address without its length. */
export function formatShort(subnet: Subnet): string {
  return prefixLength(subnet) === addressBits[familyOf(subnet.address)]
    ? formatAddress(subnet.address)
    : formatSubnet(subnet);
}
