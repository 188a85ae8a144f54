import type { Family } from '../../address/address.ts';
import type { SetSpec, Side } from './operations.ts';

/** nft's word for a family: of its tables and of its header. */
export const headerOf: Readonly<Record<Family, 'ip' | 'ip6'>> = { ipv4: 'ip', ipv6: 'ip6' };
export const sideField: Readonly<Record<Side, 'saddr' | 'daddr'>> = { source: 'saddr', destination: 'daddr' };

/** nft's type of a field of a key. */
export function keyTypeOf(field: SetSpec['key'][number], family: Family): string {
  if (field === 'address') return family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr';
  return field === 'protocol' ? 'inet_proto' : 'inet_service';
}
