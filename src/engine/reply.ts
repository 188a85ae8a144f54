import type { Address } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import type { Host } from '../host/model.ts';
import { isLoopback, isMulticast, linkOf, ownerOf } from '../host/route.ts';
import type { Branch } from './branch.ts';

/** Whether the server's answer comes back through this node, where the translation is undone. Null: it depends. */
export interface Reply {
  readonly comesBack: boolean | null;
  readonly reason: ReplyReason;
}

/** Why the server's answer comes back through the node, or does not. */
export type ReplyReason =
  | { readonly code: 'node-answers' }
  /** To a group, or to all of a link: who answers has an address of its own, so that the answer belongs to no connection to them. */
  | { readonly code: 'asked-many'; readonly asked: Address }
  /** Nobody takes a source in 127/8 from a wire. */
  | { readonly code: 'martian-source'; readonly source: Address }
  /** To an address of the node, which may have a translation to undo. */
  | {
      readonly code: 'answers-node';
      readonly server: Address;
      readonly client: Address;
      readonly undone: boolean;
    }
  | { readonly code: 'answers-itself'; readonly server: Address }
  | { readonly code: 'client-is-pod'; readonly client: Address }
  /** Both are pods of the node, perhaps on one bridge. */
  | { readonly code: 'both-are-pods' }
  | { readonly code: 'server-is-pod'; readonly server: Address }
  | { readonly code: 'nothing-translated'; readonly server: Address; readonly client: Address }
  /** And the client, who asked another address, does not take it. */
  | {
      readonly code: 'past-node';
      readonly server: Address;
      readonly client: Address;
      readonly asked: Address;
    };

/** The way back of what was let through. */
export function wayBack(branch: Branch, host: Host, delivered: 'pod' | 'uplink' | 'local'): Reply {
  const { packet, source, destination: server } = branch;
  const translated = server !== packet.destination || branch.destinationPort !== packet.destinationPort;
  if (branch.broadcast || isMulticast(server))
    return { comesBack: false, reason: { code: 'asked-many', asked: server } };
  if (delivered === 'local') return { comesBack: true, reason: { code: 'node-answers' } };
  if (isLoopback(source)) return { comesBack: false, reason: { code: 'martian-source', source } };
  if (ownerOf(host, source)) {
    const undone = source !== packet.source;
    return { comesBack: true, reason: { code: 'answers-node', server, client: source, undone } };
  }
  if (source === server) return { comesBack: false, reason: { code: 'answers-itself', server } };
  const clientIsPod = isPod(host, source);
  if (delivered === 'uplink') {
    if (clientIsPod) return { comesBack: true, reason: { code: 'client-is-pod', client: source } };
    return { comesBack: false, reason: pastNode(branch, translated) };
  }
  if (clientIsPod) return { comesBack: translated ? null : true, reason: { code: 'both-are-pods' } };
  return { comesBack: true, reason: { code: 'server-is-pod', server } };
}

function pastNode({ packet, source: client, destination: server }: Branch, translated: boolean): ReplyReason {
  return translated
    ? { code: 'past-node', server, client, asked: packet.destination }
    : { code: 'nothing-translated', server, client };
}

/** By the pods' prefix, or by the route to the address. */
function isPod(host: Host, address: Branch['source']): boolean {
  if (host.podPrefix !== null && contains(host.podPrefix, address)) return true;
  const link = linkOf(host, address);
  return link !== null && host.podInterfaces.has(link);
}
