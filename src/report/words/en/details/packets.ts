import type { PacketDetail, PacketPartName, PacketRecord } from '../../../../engine/detail.ts';
import type { WordsOf } from '../../words-of.ts';

const records: Readonly<Record<PacketRecord, string>> = {
  'packet-list': 'a list of packets',
  packet: 'a packet',
};
const parts: Readonly<Record<PacketPartName, string>> = {
  flags: 'are not TCP flags',
  state: 'is not a state',
  'icmp-type': 'is not an ICMP type',
};

/** What is wrong with packets that are asked about. */
export const packetDetails: WordsOf<PacketDetail> = {
  'no-packet-list': () => 'there is no list of packets',
  'not-packet': () => 'not a packet',
  'not-protocol': () => 'not a protocol',
  'not-origin': () => 'not an origin',
  'not-time': () => 'not a time',
  'state-of-sequence': () => 'of packets with times, the state is what those before them make of it',
  'packet-too-long': () => 'a packet is not written with so many characters',
  'packet-ends-early': () => 'the packet ends too early',
  'packet-no-place': () => 'this cannot stand here',
  'packet-families': () => 'source and destination are of different families',
  'packet-record-no-field': ({ record, field }) =>
    `${records[record]} has no field ${field}; it is passed over`,
  'packet-no-address': ({ text }) => `${text} is not an IP address`,
  'packet-no-protocol': ({ text }) => `${text} is no protocol`,
  'address-not-of': ({ text, family }) => `${text} is no ${family} address`,
  'packet-no-port': ({ text }) => `${text ?? 'nothing'} is no port`,
  'packet-no-ports': ({ protocol }) => `${protocol} has no ports`,
  'not-part': ({ text, part }) => `${text} ${parts[part]}`,
  'option-twice': ({ option }) => `${option} is there twice`,
  'option-unfit': ({ protocol, option }) => `${protocol} has no ${option}`,
  'ways-too-many': ({ most }) => `after this packet the node may remember more than ${most} different things`,
  'packet-not-of-rules': ({ source, family }) => `a packet from ${source} does not meet ${family} rules`,
  'no-interface': ({ name }) => `the node has no interface ${name}`,
  'pod-interface-open': ({ source }) =>
    `behind which interface the pod ${source} is, the node's routes do not tell`,
};
