import type { HostDoubt } from '../host/doubt.ts';
import type { Host } from '../host/model.ts';
import { addressType, isDoubt, isLinkLocal, isMulticast, isReachedBy, lookUp } from '../host/route.ts';
import type { Branch } from './branch.ts';
import { keyBack } from './routing.ts';

export interface ReversePathOptions {
  /** nft's `fib saddr . iif oif`, and not the match `rpfilter` of iptables. */
  readonly fib: boolean;
  readonly loose: boolean;
  readonly acceptLocal: boolean;
  readonly validMark: boolean;
}

/**
 * Whether an answer to the packet's source would leave by the interface that it came in by (ipt_rpfilter.c, ip6t_rpfilter.c; nft_fib_ipv4.c,
 * nft_fib_ipv6.c).
 */
export function reversePath(
  { fib, loose, acceptLocal, validMark }: ReversePathOptions,
  branch: Branch,
  host: Host,
): boolean | HostDoubt {
  const { source } = branch;
  if (branch.in === 'lo' || asksForAnAddress(branch)) return true;
  // What has no sender that could be answered rpfilter lets pass in IPv6, and nft finds no way for it.
  if (typeof source === 'bigint' && isMulticast(source)) return !fib;
  if (source === 0n && (!fib || asksOfLink(branch))) return true;
  const type = addressType(host, source);
  // 0.0.0.0 is found as others are that are on no link.
  const isFoundByFib = fib && typeof source === 'number';
  const isFound =
    type === 'UNICAST' ||
    type === 'UNSPEC' ||
    source === 0 ||
    (type === 'LOCAL' ? acceptLocal : isFoundByFib);
  if (!isDoubt(type) && !isFound) return false;
  if (type !== 'LOCAL' && isLinkLocal(source)) return isReachedBy(host, source, branch.in);
  const routing = lookUp(host, source, keyBack(branch, validMark));
  if (isDoubt(routing)) return routing;
  if (routing.type === 'unicast') return loose || routing.hops.some((hop) => hop.interface === branch.in);
  return 'interface' in routing && (loose || routing.interface === branch.in || routing.type === 'local');
}

/** Duplicate addresses are asked for from :: (nft_fib_v6_skip_icmpv6). */
const asksOfLink = ({ source, destination, protocol }: Branch): boolean =>
  source === 0n &&
  protocol === 58 &&
  (isLinkLocal(destination) ||
    (typeof destination === 'bigint' && ((destination >> 112n) & 0xff0fn) === 0xff02n));

/** Of 0.0.0.0/8, to all of a link. */
const asksForAnAddress = ({ source, destination }: Branch): boolean =>
  typeof source === 'number' &&
  source < 0x1000000 &&
  (destination === 0xffffffff || (Number(destination) >= 0xe0000000 && Number(destination) <= 0xe00000ff));
