import { want } from '../../../text/expected.ts';
import { addressHost } from '../codecs/addresses.ts';
import { markMask } from '../codecs/marks.ts';
import { integer, uint16, uint32 } from '../codecs/numbers.ts';
import { anyPort } from '../codecs/ports.ts';
import { cutText } from '../codecs/words.ts';
import type { Match } from '../match.ts';
import { quoteWord } from '../quote.ts';
import {
  type Codec,
  type Context,
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
  LogTarget,
  NflogTarget,
  RejectTarget,
  TcpmssTarget,
  TproxyTarget,
  TraceTarget,
} from '../target.ts';
import { demandProtocol } from './demand.ts';

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
    return found ? found[0] : refuseValue(word, want.oneOf(names.map(([name]) => name)));
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
    if (reason === 'tcp-reset') demandProtocol('tcp', context, '--reject-with tcp-reset');
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
    word === '' ? refuseValue(word, want.thing('prefix')) : word.slice(0, backend === 'nft' ? 127 : 63),
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
      throw new Refusal('option-needs', {
        code: 'needs-one-of',
        name: 'TPROXY',
        options: ['-p tcp', '-p udp'],
      });
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
      ? { code: 'needs', option: 'TCPMSS', other: '-m tcp --tcp-flags SYN,RST SYN' }
      : undefined,
  place: ({ size }: TcpmssTarget): Place => (size === null ? { hooks: outwardHooks } : {}),
  options: {
    size: value('set-mss', segmentSize),
    clamp: flag('clamp-mss-to-pmtu'),
  },
  build({ size, clamp }, context): TcpmssTarget {
    demandProtocol('tcp', context, '-j TCPMSS');
    if (!size && !clamp)
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: 'TCPMSS',
        options: ['--set-mss', '--clamp-mss-to-pmtu'],
      });
    return { kind: 'tcpmss', size: clamp ? null : (size?.value ?? null) };
  },
  take: ({ size }) => ({ size: maybe(size ?? undefined), clamp: when(size === null) }),
});
