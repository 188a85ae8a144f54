import type { Family } from '../address/address.ts';

/** What a list of packets is made of. */
export type PacketRecord = 'packet-list' | 'packet';

/** The parts of a packet that are written by names. */
export type PacketPartName = 'flags' | 'state' | 'icmp-type';

/** What is wrong with packets that are asked about: as they are written, and as the node could meet them. */
export type PacketDetail =
  | {
      readonly code:
        | 'no-packet-list'
        | 'not-packet'
        | 'not-protocol'
        | 'not-origin'
        | 'not-time'
        | 'state-of-sequence'
        | 'packet-too-long'
        | 'packet-ends-early'
        | 'packet-no-place'
        | 'packet-families';
    }
  | { readonly code: 'packet-record-no-field'; readonly record: PacketRecord; readonly field: string }
  | { readonly code: 'packet-no-address' | 'packet-no-protocol'; readonly text: string }
  | { readonly code: 'address-not-of'; readonly text: string; readonly family: Family }
  /** `text`: null where nothing stands. */
  | { readonly code: 'packet-no-port'; readonly text: string | null }
  | { readonly code: 'packet-no-ports'; readonly protocol: string }
  | { readonly code: 'not-part'; readonly text: string; readonly part: PacketPartName }
  | { readonly code: 'option-twice'; readonly option: string }
  | { readonly code: 'option-unfit'; readonly protocol: string; readonly option: string }
  | { readonly code: 'ways-too-many'; readonly most: number }
  | { readonly code: 'packet-not-of-rules'; readonly source: string; readonly family: Family }
  | { readonly code: 'no-interface'; readonly name: string }
  | { readonly code: 'pod-interface-open'; readonly source: string };
