import type { Address } from '../address/address.ts';
import type { Branch } from './branch.ts';
import type { FieldName } from './fields.ts';
import type { Asked, Owner } from './guide.ts';
import type { Test } from './ir.ts';
import type { Surroundings } from './surroundings.ts';

/** Fields of the packet that others say again: what the connection's entry keeps of it. */
const ends = {
  ctOriginalSource: ['source', 'destination'],
  ctOriginalDestination: ['destination', 'source'],
  ctReplySource: ['destination', 'source'],
  ctReplyDestination: ['source', 'destination'],
  ctOriginalSourcePort: ['sourcePort', 'destinationPort'],
  ctOriginalDestinationPort: ['destinationPort', 'sourcePort'],
  ctReplySourcePort: ['destinationPort', 'sourcePort'],
  ctReplyDestinationPort: ['sourcePort', 'destinationPort'],
} as const satisfies Partial<Record<FieldName, readonly [original: FieldName, reply: FieldName]>>;

/** What a test asks, told as a question about the packet that came, where it is one. */
export function ownerOf(test: Test, value: Address, branch: Branch, surroundings: Surroundings): Asked {
  const field = sameAs(test.field, branch);
  return {
    field,
    ...(test.of !== undefined && { of: test.of }),
    owner: whose(field, value, branch, surroundings),
    set: test.set,
    ...(test.mask !== undefined && { mask: test.mask }),
    value,
  };
}

function sameAs(field: FieldName, { tracking }: Branch): FieldName {
  if (field === 'ctProtocol') return 'protocol';
  const pair = ends[field as keyof typeof ends];
  if (!pair || typeof tracking !== 'object') return field;
  return tracking.direction === 'ORIGINAL' ? pair[0] : pair[1];
}

function whose(field: FieldName, value: Address, branch: Branch, _: Surroundings): Owner {
  const { packet, answer } = branch;
  if (answer) return 'answer';
  switch (field) {
    case 'source':
    case 'destination':
    case 'sourcePort':
    case 'destinationPort':
      return value === packet[field] ? 'arrival' : 'changed';
    case 'sourceType':
    case 'sourceUnreachable':
      return branch.source === packet.source ? 'arrival' : 'changed';
    case 'reversePath':
      return branch.source === packet.source ? 'arrival' : 'changed';
    case 'destinationType':
    case 'destinationUnreachable':
    case 'packetType':
      return branch.destination === packet.destination ? 'arrival' : 'changed';
    case 'mark':
    case 'ctMark':
    case 'in':
    case 'out':
      return 'changed';
    default:
      return branch.contents.has(field) ? 'changed' : 'arrival';
  }
}
