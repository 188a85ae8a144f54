import { type Address, familyOf } from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import type { Subnet } from '../../address/subnet.ts';
import { assumeFor, type Draft, type Log } from './draft.ts';

/**
 * What `--dry-run=server` prints was given to nobody: the API server puts the address of the range itself, and ports behind the last one
 * (ipallocator and portallocator, dryRun). Such an object has a uid already, and no resourceVersion yet.
 */
export function dropPlaceholders(
  draft: Draft,
  prefixes: readonly Subnet[],
  range: PortRange,
  log: Log,
): void {
  const metadata = draft.manifest?.value.metadata;
  if (!metadata?.uid || metadata.resourceVersion) return;
  const { service } = draft;
  const isAsked = (port: number | null) => port !== null && port <= range.last;
  const clusterAddresses = service.clusterAddresses.filter((address) => !isFirst(address, prefixes));
  const ports = service.ports.map((port) => (isAsked(port.nodePort) ? port : { ...port, nodePort: null }));
  const { healthCheckNodePort: check } = service;
  const isSame =
    clusterAddresses.length === service.clusterAddresses.length &&
    ports.every(({ nodePort }, index) => nodePort === service.ports[index]?.nodePort);
  if (isSame) return;
  draft.service = { ...service, clusterAddresses, ports, healthCheckNodePort: isAsked(check) ? check : null };
  assumeFor(log, draft, { code: 'dry-run-open' });
}

/** Without a range, an address that ends in zeros: nobody asks for such a one. */
function isFirst(address: Address, prefixes: readonly Subnet[]): boolean {
  const own = prefixes.filter((prefix) => familyOf(prefix.address) === familyOf(address));
  return own.length > 0
    ? own.some((prefix) => prefix.address === address)
    : Number(BigInt(address) & 0xffn) === 0;
}
