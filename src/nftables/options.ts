import type { HeaderField } from './headers.ts';

/** Fields of headers that stand between others, by the names that nft gives to both. */
type Fields = Readonly<Record<string, HeaderField>>;

const common: Fields = { nexthdr: ['inet_proto', 0, 8], hdrlength: ['integer', 8, 8] };

/** Extension headers of IPv6, with their protocol's number. */
export const extensionHeaders: Readonly<
  Record<string, { readonly number: number; readonly fields: Fields }>
> = {
  hbh: { number: 0, fields: common },
  rt: { number: 43, fields: { ...common, type: ['integer', 16, 8], 'seg-left': ['integer', 24, 8] } },
  rt0: {
    number: 43,
    fields: {
      reserved: ['integer', 32, 32],
      'addr[1]': ['ipv6_addr', 64, 128],
      'addr[2]': ['ipv6_addr', 192, 128],
    },
  },
  rt2: { number: 43, fields: { reserved: ['integer', 32, 32], addr: ['ipv6_addr', 64, 128] } },
  srh: {
    number: 43,
    fields: {
      'last-entry': ['integer', 32, 8],
      flags: ['integer', 40, 8],
      tag: ['integer', 48, 16],
      'sid[1]': ['ipv6_addr', 64, 128],
      'sid[2]': ['ipv6_addr', 192, 128],
    },
  },
  frag: {
    number: 44,
    fields: {
      nexthdr: ['inet_proto', 0, 8],
      reserved: ['integer', 8, 8],
      'frag-off': ['integer', 16, 13],
      reserved2: ['integer', 29, 2],
      'more-fragments': ['integer', 31, 1],
      id: ['integer', 32, 32],
    },
  },
  dst: { number: 60, fields: common },
  mh: {
    number: 135,
    fields: {
      ...common,
      type: ['mh_type', 16, 8],
      reserved: ['integer', 24, 8],
      checksum: ['integer', 32, 16],
    },
  },
};

const kind: Fields = { kind: ['integer', 0, 8] };
const sized: Fields = { ...kind, length: ['integer', 8, 8] };
const sack = (place: number): Fields => ({
  ...sized,
  left: ['integer', 16 + 64 * place, 32],
  right: ['integer', 48 + 64 * place, 32],
});

/** Options of TCP, with their kinds. */
export const tcpOptions: Readonly<Record<string, { readonly number: number; readonly fields: Fields }>> = {
  eol: { number: 0, fields: kind },
  nop: { number: 1, fields: kind },
  maxseg: { number: 2, fields: { ...sized, size: ['integer', 16, 16] } },
  window: { number: 3, fields: { ...sized, count: ['integer', 16, 8] } },
  'sack-perm': { number: 4, fields: sized },
  sack: { number: 5, fields: sack(0) },
  sack1: { number: 5, fields: sack(1) },
  sack2: { number: 5, fields: sack(2) },
  sack3: { number: 5, fields: sack(3) },
  timestamp: { number: 8, fields: { ...sized, tsval: ['integer', 16, 32], tsecr: ['integer', 48, 32] } },
  fastopen: { number: 34, fields: sized },
  md5sig: { number: 19, fields: sized },
  mptcp: { number: 30, fields: { ...sized, subtype: ['integer', 16, 4] } },
};

const route: Fields = {
  type: ['integer', 0, 8],
  length: ['integer', 8, 8],
  ptr: ['integer', 16, 8],
  addr: ['integer', 24, 32],
};

/** Options of IPv4. */
export const ipOptions: Readonly<Record<string, Fields>> = {
  lsrr: route,
  rr: route,
  ssrr: route,
  ra: { type: ['integer', 0, 8], length: ['integer', 8, 8], value: ['integer', 16, 16] },
};

const chunk: Fields = { type: ['integer', 0, 8], flags: ['integer', 8, 8], length: ['integer', 16, 16] };
const init: Fields = {
  ...chunk,
  'init-tag': ['integer', 32, 32],
  'a-rwnd': ['integer', 64, 32],
  'num-outbound-streams': ['integer', 96, 16],
  'num-inbound-streams': ['integer', 112, 16],
  'initial-tsn': ['integer', 128, 32],
};

/** Chunks of SCTP. */
export const sctpChunks: Readonly<Record<string, Fields>> = {
  data: {
    ...chunk,
    tsn: ['integer', 32, 32],
    stream: ['integer', 64, 16],
    ssn: ['integer', 80, 16],
    ppid: ['integer', 96, 32],
  },
  init,
  'init-ack': init,
  sack: {
    ...chunk,
    'cum-tsn-ack': ['integer', 32, 32],
    'a-rwnd': ['integer', 64, 32],
    'num-gap-ack-blocks': ['integer', 96, 16],
    'num-dup-tsns': ['integer', 112, 16],
  },
  shutdown: { ...chunk, 'cum-tsn-ack': ['integer', 32, 32] },
  ecne: { ...chunk, 'lowest-tsn': ['integer', 32, 32] },
  cwr: { ...chunk, 'lowest-tsn': ['integer', 32, 32] },
  'asconf-ack': { ...chunk, seqno: ['integer', 32, 32] },
  'forward-tsn': { ...chunk, 'new-cum-tsn': ['integer', 32, 32] },
  asconf: { ...chunk, seqno: ['integer', 32, 32] },
  heartbeat: chunk,
  'heartbeat-ack': chunk,
  abort: chunk,
  'shutdown-ack': chunk,
  error: chunk,
  'cookie-echo': chunk,
  'cookie-ack': chunk,
  'shutdown-complete': chunk,
};
