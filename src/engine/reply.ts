import { formatAddress } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import type { Host } from '../host/model.ts';
import { isLoopback, linkOf, ownerOf } from '../host/route.ts';
import type { Branch } from './branch.ts';

/** Whether the server's answer comes back through this node, where the translation is undone. Null: it depends. */
export interface Reply {
  readonly comesBack: boolean | null;
  /** A sentence without its full stop. */
  readonly because: string;
}

/** The way back of what was let through. */
export function wayBack(branch: Branch, host: Host, delivered: 'pod' | 'uplink' | 'local'): Reply {
  const { packet, source, destination } = branch;
  const server = formatAddress(destination);
  const translated = destination !== packet.destination || branch.destinationPort !== packet.destinationPort;
  if (delivered === 'local') return { comesBack: true, because: 'the node itself answers' };
  if (isLoopback(source)) {
    return {
      comesBack: false,
      because: `the receiver takes a source in 127/8 from a wire for a martian and drops the packet, and could not answer ${formatAddress(source)} over a wire`,
    };
  }
  if (ownerOf(host, source)) {
    const undone = source === packet.source ? '' : ', which translates it back for the client';
    return {
      comesBack: true,
      because: `${server} answers ${formatAddress(source)}, an address of this node${undone}`,
    };
  }
  if (source === destination) {
    return { comesBack: false, because: `${server} sees its own address as the client's and answers itself` };
  }
  const clientIsPod = isPod(host, source);
  if (delivered === 'uplink') {
    if (clientIsPod) return { comesBack: true, because: `${formatAddress(source)} is a pod of this node` };
    return { comesBack: false, because: pastNode(branch, server, translated) };
  }
  if (clientIsPod) {
    const because =
      'client and server are both pods of this node: on one bridge, answers meet its rules only with br_netfilter';
    return { comesBack: translated ? null : true, because };
  }
  return { comesBack: true, because: `${server} is a pod of this node, which is its way out` };
}

function pastNode({ packet, source }: Branch, server: string, translated: boolean): string {
  const client = formatAddress(source);
  if (!translated) return `${server} answers ${client} by its own way; nothing was translated`;
  const asked = formatAddress(packet.destination);
  return `${server} answers ${client} past this node, and the client, who asked ${asked}, takes no answer from ${server}`;
}

/** By the pods' prefix, or by the route to the address. */
function isPod(host: Host, address: Branch['source']): boolean {
  if (host.podPrefix !== null && contains(host.podPrefix, address)) return true;
  const link = linkOf(host, address);
  return link !== null && host.podInterfaces.has(link);
}
