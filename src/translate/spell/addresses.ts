import { formatAddress } from '../../address/address.ts';
import { formatSubnet, lastOf, type Subnet } from '../../address/subnet.ts';
import { spellValue } from '../../nftables/print/values.ts';
import { not } from './spelled.ts';

/** `ip saddr 10.0.0.0/8`; a mask with holes is one in nft, too. */
export function spellSubnet(field: string, subnet: Subnet, negated: boolean): string {
  const { address, mask } = subnet;
  const prefix = formatSubnet(subnet);
  if (!/\/\d+$/.test(prefix))
    return `${field} & ${formatAddress(mask)} ${negated ? '!=' : '=='} ${formatAddress(address)}`;
  return `${field} ${not(negated)}${lastOf(subnet) === address ? formatAddress(address) : prefix}`;
}

/** By its name, where nft knows one. */
export function spellProtocol(protocol: number): string {
  return spellValue('inet_proto', protocol, {});
}
