import { addressHost } from '../codecs/addresses.ts';
import { allBits, mark32, markMask } from '../codecs/marks.ts';
import { integer, uint16, uint32 } from '../codecs/numbers.ts';
import { anyPort } from '../codecs/ports.ts';
import { cutText, spelling, text as textOf } from '../codecs/words.ts';
import type { Match } from '../match.ts';
import { quoteWord } from '../quote.ts';
import {
  type Codec,
  type Context,
  type Extension,
  extension,
  flag,
  maybe,
  outwardHooks,
  type Place,
  plain,
  Refusal,
  refuseValue,
  value,
  when,
} from '../syntax.ts';
import type {
  ConnmarkTarget,
  CtTarget,
  LogTarget,
  MarkTarget,
  NflogTarget,
  OtherTarget,
  RejectTarget,
  TcpmssTarget,
  TproxyTarget,
  TraceTarget,
} from '../target.ts';
import { demandProtocol } from './transport.ts';

/** Marks that set bits, clear them, or turn them are all `--set-xmark VALUE/MASK`. */
const setMarks = {
  xmark: value('set-xmark', markMask),
  mark: value('set-mark', markMask, { excludes: ['xmark', 'and', 'or', 'xor'] }),
  and: value('and-mark', mark32, { excludes: ['xmark', 'or', 'xor'] }),
  or: value('or-mark', mark32, { excludes: ['xmark', 'xor'] }),
  xor: value('xor-mark', mark32, { excludes: ['xmark'] }),
};

type GivenMarks = Readonly<
  Partial<Record<'xmark' | 'mark', { value: { value: number; mask: number } } | undefined>> &
    Partial<Record<'and' | 'or' | 'xor', { value: number } | undefined>>
>;

function xmarkOf({ xmark, mark, and, or, xor }: GivenMarks): { value: number; mask: number } | undefined {
  if (xmark) return { value: xmark.value.value, mask: xmark.value.mask };
  if (mark) return { value: mark.value.value, mask: (mark.value.mask | mark.value.value) >>> 0 };
  if (and) return { value: 0, mask: ~and.value >>> 0 };
  if (or) return { value: or.value, mask: or.value };
  return xor && { value: xor.value, mask: 0 };
}

export const markTarget = extension({
  name: 'MARK',
  options: setMarks,
  build(given): MarkTarget {
    const mark = xmarkOf(given);
    if (!mark) throw new Refusal('option-missing', 'MARK needs --set-xmark or another of its options');
    return { kind: 'mark', ...mark };
  },
  take: (target) => ({ xmark: { value: target, negated: false } }),
});

const shift = (side: string, other: string) => ({
  ...value(`${side}-shift-mark`, integer(0, 31), { excludes: [other] }),
  hides: (bits: number) => bits === 0,
});

export const connmarkTarget: Extension<ConnmarkTarget | OtherTarget> = extension({
  name: 'CONNMARK',
  options: {
    ...setMarks,
    save: flag('save-mark', { excludes: ['xmark', 'mark', 'and', 'or', 'xor', 'restore'] }),
    restore: flag('restore-mark', { excludes: ['xmark', 'mark', 'and', 'or', 'xor'] }),
    nfmask: value('nfmask', mark32),
    ctmask: value('ctmask', mark32),
    mask: value('mask', mark32, { excludes: ['nfmask', 'ctmask'] }),
  },
  further: { left: shift('left', 'right'), right: shift('right', 'left') },
  build(given, _context, words): ConnmarkTarget | OtherTarget {
    const target = connmarkOf(given);
    return words.length === 0 ? target : shifted(target, words);
  },
  take: (target) =>
    target.kind === 'other'
      ? {}
      : target.action === 'set'
        ? { xmark: { value: target, negated: false } }
        : {
            save: when(target.action === 'save'),
            restore: when(target.action === 'restore'),
            nfmask: plain(target.packetMask),
            ctmask: plain(target.connectionMask),
          },
  words: (target) => (target.kind === 'other' ? target.words : []),
});

function connmarkOf(
  given: GivenMarks &
    Partial<Record<'nfmask' | 'ctmask' | 'mask', { value: number } | undefined>> & {
      readonly save?: unknown;
      readonly restore?: unknown;
    },
): ConnmarkTarget {
  const mark = xmarkOf(given);
  if (mark)
    return { kind: 'connmark', action: 'set', ...mark, ...(given.mask && { mask: given.mask.value }) };
  if (!given.save && !given.restore) throw new Refusal('option-missing', 'CONNMARK needs an option');
  const both = given.mask?.value ?? allBits;
  return {
    kind: 'connmark',
    action: given.save ? 'save' : 'restore',
    packetMask: given.nfmask?.value ?? both,
    connectionMask: given.ctmask?.value ?? both,
  };
}

/** One that shifts bits is understood, and not carried out. */
function shifted(target: ConnmarkTarget, words: readonly string[]): OtherTarget {
  const marks = connmarkTarget.print(target).slice(1).split(' ');
  return { kind: 'other', name: 'CONNMARK', words: [...marks, ...words], understood: true };
}

/** Names in full with their other names, the first of each is printed. */
const rejections = {
  ipv4: [
    ['icmp-net-unreachable', 'net-unreach'],
    ['icmp-host-unreachable', 'host-unreach'],
    ['icmp-proto-unreachable', 'proto-unreach'],
    ['icmp-port-unreachable', 'port-unreach'],
    ['icmp-net-prohibited', 'net-prohib'],
    ['icmp-host-prohibited', 'host-prohib'],
    ['tcp-reset', 'tcp-rst'],
    ['icmp-admin-prohibited', 'admin-prohib'],
  ],
  ipv6: [
    ['icmp6-no-route', 'no-route'],
    ['icmp6-adm-prohibited', 'adm-prohibited'],
    ['icmp6-addr-unreachable', 'addr-unreach'],
    ['icmp6-port-unreachable', 'port-unreach'],
    ['tcp-reset', 'tcp-reset'],
    ['icmp6-policy-fail', 'policy-fail'],
    ['icmp6-reject-route', 'reject-route'],
  ],
} as const;

const rejection: Codec<string> = {
  read(word, context) {
    const asked = word.toLowerCase();
    const names = rejections[context.family];
    const found = names.find((both) => both.some((name) => name.startsWith(asked)));
    return found ? found[0] : refuseValue(word, `one of ${names.map(([name]) => name).join(', ')}`);
  },
  print: (word) => word,
};

export function defaultRejection(family: Context['family']): string {
  return family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable';
}

export const reject = extension({
  name: 'REJECT',
  place: { tables: ['filter'], hooks: ['INPUT', 'FORWARD', 'OUTPUT'] },
  options: { with: value('reject-with', rejection) },
  build(given, context): RejectTarget {
    const reason = given.with?.value ?? defaultRejection(context.family);
    if (reason === 'tcp-reset') demandProtocol('tcp', context);
    return { kind: 'reject', with: reason };
  },
  take: (target) => ({ with: plain(target.with) }),
});

const logLevels: Codec<number> = {
  read(word) {
    const names = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];
    const found = word === 'panic' ? 0 : names.indexOf(word);
    return found >= 0 ? found : integer(0, 7).read(word, undefined as never);
  },
  print: String,
};

const usualLogLevel = 4;

export const log = extension({
  name: 'LOG',
  options: {},
  further: {
    prefix: value('log-prefix', cutText(29, 1)),
    level: { ...value('log-level', logLevels), hides: (level: number) => level === usualLogLevel },
    sequence: flag('log-tcp-sequence'),
    options: flag('log-tcp-options'),
    ipOptions: flag('log-ip-options'),
    uid: flag('log-uid'),
    macdecode: flag('log-macdecode'),
  },
  build: (_given, _context, words): LogTarget => ({ kind: 'log', words }),
  take: () => ({}),
  words: (target) => target.words,
});

/** Longer prefixes are cut. */
const nflogPrefix: Codec<string> = {
  read: (word, { backend }) =>
    word === '' ? refuseValue(word, 'a prefix') : word.slice(0, backend === 'nft' ? 127 : 63),
  print: quoteWord,
};

function withoutRange(words: readonly string[]): readonly string[] {
  const at = words.indexOf('--nflog-range');
  return at === -1 ? words : [...words.slice(0, at), ...words.slice(at + 2)];
}

export const nflog = extension({
  name: 'NFLOG',
  options: {},
  further: {
    prefix: value('nflog-prefix', nflogPrefix),
    group: { ...value('nflog-group', uint16), hides: (group: number) => group === 0 },
    range: { ...value('nflog-range', uint32, { excludes: ['size'] }), hides: (range: number) => range === 0 },
    size: value('nflog-size', uint32),
    threshold: { ...value('nflog-threshold', uint16), hides: (count: number) => count === 0 },
  },
  /** nft has an expression of its own for it, which knows no range. */
  build: (_given, { backend }, words): NflogTarget => ({
    kind: 'nflog',
    words: backend === 'nft' ? withoutRange(words) : words,
  }),
  take: () => ({}),
  words: (target) => target.words,
});

export const trace = extension({
  name: 'TRACE',
  /** nft has a statement of its own for it. */
  place: (_target, backend) => (backend === 'legacy' ? { tables: ['raw'] } : {}),
  options: {},
  build: (): TraceTarget => ({ kind: 'trace' }),
  take: () => ({}),
});

export const tproxy = extension({
  name: 'TPROXY',
  place: { tables: ['mangle'], hooks: ['PREROUTING'] },
  options: {
    port: value('on-port', anyPort, { required: true }),
    address: value('on-ip', addressHost),
    mark: value('tproxy-mark', markMask),
  },
  build({ port, address, mark }, { protocol, protocolNegated, family }): TproxyTarget {
    if (protocolNegated || (protocol !== 6 && protocol !== 17)) {
      throw new Refusal('option-needs', 'TPROXY needs -p tcp or -p udp');
    }
    return {
      kind: 'tproxy',
      port: port?.value ?? 0,
      address: address?.value ?? (family === 'ipv4' ? 0 : 0n),
      value: mark?.value.value ?? 0,
      mask: mark?.value.mask ?? 0,
    };
  },
  take: (target) => ({
    port: plain(target.port),
    address: maybe(target.address),
    mark: { value: target, negated: false },
  }),
});

/** What fits into a packet beside the header of its network. */
const segmentSize: Codec<number> = {
  read: (word, context) => integer(0, 0xffff - (context.family === 'ipv4' ? 20 : 40)).read(word, context),
  print: String,
};

function picksSyn(match: Match): boolean {
  return (
    match.kind === 'tcp' &&
    match.flags !== undefined &&
    !match.flags.negated &&
    (match.flags.value.set & 2) !== 0
  );
}

export const tcpmssTarget = extension({
  name: 'TCPMSS',
  /** xt_TCPMSS looks for a match of SYN packets, except where nft asks. */
  lacks: (matches, backend) =>
    backend === 'legacy' && !matches.some(picksSyn)
      ? 'TCPMSS needs -m tcp --tcp-flags SYN,RST SYN'
      : undefined,
  place: ({ size }: TcpmssTarget): Place => (size === null ? { hooks: outwardHooks } : {}),
  options: {
    size: value('set-mss', segmentSize),
    clamp: flag('clamp-mss-to-pmtu'),
  },
  build({ size, clamp }, context): TcpmssTarget {
    demandProtocol('tcp', context);
    if (!size && !clamp) throw new Refusal('option-missing', 'TCPMSS needs --set-mss or --clamp-mss-to-pmtu');
    return { kind: 'tcpmss', size: clamp ? null : (size?.value ?? null) };
  },
  take: ({ size }) => ({ size: maybe(size ?? undefined), clamp: when(size === null) }),
});

export const notrack = extension({
  name: 'NOTRACK',
  place: { tables: ['raw'] },
  options: {},
  build: (): CtTarget => ({ kind: 'ct', spelling: 'NOTRACK', notrack: true, further: [] }),
  take: () => ({}),
});

const connectionEvents = [
  'new',
  'related',
  'destroy',
  'reply',
  'assured',
  'protoinfo',
  'helper',
  'mark',
  'natseqinfo',
  'secmark',
];

function events(names: readonly string[]): Codec<string> {
  return spelling((word) => {
    const asked = word.split(',');
    if (asked.some((one) => !names.includes(one))) return refuseValue(word, `some of ${names.join()}`);
    return names.filter((name) => asked.includes(name)).join();
  });
}

const zone = spelling((word, context) =>
  word.toLowerCase() === 'mark' ? 'mark' : uint16.print(uint16.read(word, context)),
);
/** In the order of the rule. */
type GivenZones = Readonly<Partial<Record<keyof typeof zoneOptions, { value: string } | undefined>>>;

const zoneOptions = {
  zoneOriginal: value('zone-orig', zone),
  zoneReply: value('zone-reply', zone),
  zone: value('zone', zone),
};

/** The kernel has one zone, the one named last, and for each direction whether it holds; `mark` is never taken back. */
function zoneWords(given: GivenZones): string[] {
  const keys = Object.keys(zoneOptions) as (keyof GivenZones)[];
  const asked = Object.keys(given).filter((key) => keys.includes(key as keyof GivenZones));
  const zones = asked.map((key) => given[key as keyof GivenZones]?.value as string);
  const { zoneOriginal, zoneReply } = given;
  const name = !zoneOriginal === !zoneReply ? '--zone' : zoneOriginal ? '--zone-orig' : '--zone-reply';
  const last = zones.includes('mark') ? 'mark' : (zones.at(-1) ?? '0');
  return last === '0' ? [] : [name, last];
}

export const ct = extension({
  name: 'CT',
  place: { tables: ['raw'] },
  options: { notrack: flag('notrack'), ...zoneOptions },
  further: {
    helper: value('helper', { ...textOf(15), print: (word: string) => word }),
    timeout: value('timeout', { ...textOf(31), print: (word: string) => word }),
    events: value('ctevents', events(connectionEvents)),
    expectations: value('expevents', events(['new'])),
  },
  build: ({ notrack, ...zones }, _context, further): CtTarget => ({
    kind: 'ct',
    spelling: 'CT',
    notrack: notrack !== undefined,
    further: [...further, ...zoneWords(zones)],
  }),
  take: (target) => ({ notrack: when(target.notrack) }),
  words: (target) => target.further,
});
