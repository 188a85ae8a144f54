import type { Address } from '../../address/address.ts';
import { addressHost, hostMask, prefixBits, subnet } from '../codecs/addresses.ts';
import { etherAddress, interfaceName } from '../codecs/names.ts';
import { integer, integerRange, paddedHex, uint8, uint16, uint32 } from '../codecs/numbers.ts';
import { cutText, oneOf, spelling, text, word, wordOf } from '../codecs/words.ts';
import { readInteger } from '../numbers.ts';
import { inQuotes } from '../quote.ts';
import {
  type Codec,
  type Context,
  type Extension,
  flag,
  type Given,
  type Options,
  outwardHooks,
  plain,
  Refusal,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';
import { setReference } from './addresses.ts';
import { rateestTarget } from './estimators.ts';
import { dscpClass, dscpNumber, tosMask } from './headers.ts';
import { demandProtocol } from './transport.ts';

const mangle = { tables: ['mangle'] } as const;

function demandOne(name: string, given: Given<Options>): Given<Options> {
  if (Object.keys(given).length === 0)
    throw new Refusal('option-missing', `${name} needs one of its options`);
  return given;
}

/** `TTL` and `HL`: to set, decrease or increase. */
function hopLimit(name: 'TTL' | 'HL'): Extension<Understood> {
  const prefix = name.toLowerCase();
  const keys = ['set', 'dec', 'inc'];
  return understood({
    name,
    family: name === 'TTL' ? 'ipv4' : 'ipv6',
    place: mangle,
    options: Object.fromEntries(
      keys.map((key) => [
        key,
        value(`${prefix}-${key}`, key === 'set' ? uint8 : integer(1, 255), { excludes: keys }),
      ]),
    ),
    complete: (given) => demandOne(name, given),
  });
}

/** What RFC 6296 translates: prefixes of at most 64 bits, all other bits clear. */
const prefix64 = spelling((given, context) => {
  const shown = hostMask.read(given, context);
  const length = Number(shown.split('/')[1]);
  return length <= 64 && subnet.print(subnet.read(given, context)) === shown
    ? shown
    : refuseValue(given, 'a prefix of at most 64 bits, all bits behind it clear');
});

function prefixTranslation(name: 'SNPT' | 'DNPT'): Extension<Understood> {
  return understood({
    name,
    family: 'ipv6',
    place: {
      tables: ['mangle'],
      hooks: name === 'SNPT' ? ['INPUT', 'POSTROUTING'] : ['PREROUTING', 'OUTPUT'],
    },
    options: {
      source: value('src-pfx', prefix64, { required: true }),
      destination: value('dst-pfx', prefix64, { required: true }),
    },
  });
}

const classify = understood({
  name: 'CLASSIFY',
  place: { hooks: outwardHooks },
  options: {
    class: value(
      'set-class',
      spelling((given) => {
        const number = '([+-]?(?:0[xX])?[0-9a-fA-F]+)';
        const [, major, minor] = new RegExp(`^${number}:${number}`).exec(given) ?? [];
        if (major === undefined || minor === undefined) return refuseValue(given, 'MAJOR:MINOR');
        const pad = (digits: string) => (Number.parseInt(digits, 16) & 0xffff).toString(16).padStart(4, '0');
        return `${pad(major)}:${pad(minor)}`;
      }),
      { required: true },
    ),
  },
});

const clusterKeys = ['mode', 'mac', 'total', 'local', 'init'];
const withNew = { needs: ['new'] };

const clusterip = understood({
  name: 'CLUSTERIP',
  family: 'ipv4',
  place: { hooks: ['INPUT'] },
  options: {
    new: flag('new'),
    mode: value(
      'hashmode',
      oneOf(['sourceip', 'sourceip-sourceport', 'sourceip-sourceport-destport']),
      withNew,
    ),
    mac: value('clustermac', { ...etherAddress, print: (mac) => mac.toUpperCase() }, withNew),
    total: value('total-nodes', integer(0, 16), withNew),
    local: value('local-node', integer(0, 16), withNew),
    init: value('hash-init', uint32, withNew),
  },
  complete(given) {
    if (Object.keys(given).length === 0) return given;
    const lacks = clusterKeys.slice(0, 4).some((key) => !given[key]);
    if (lacks) throw new Refusal('option-missing', 'CLUSTERIP --new needs all of its options');
    return { ...given, init: given.init ?? plain(0) };
  },
});

const flagBit = integer(0, 1);

const ecn = understood({
  name: 'ECN',
  family: 'ipv4',
  place: mangle,
  options: {
    remove: flag('ecn-tcp-remove', { excludes: ['cwr', 'ece'] }),
    ece: value('ecn-tcp-ece', flagBit, { excludes: ['remove'] }),
    cwr: value('ecn-tcp-cwr', flagBit, { excludes: ['remove'] }),
    ect: value('ecn-ip-ect', integer(0, 3)),
  },
  complete(given, context) {
    demandOne('ECN', given);
    if (given.remove || given.ece || given.cwr) demandProtocol('tcp', context);
    const { ece, cwr, ect } = given;
    const clears = ece?.value === 0 && cwr?.value === 0 && !ect;
    return clears ? { remove: plain(true) } : given;
  },
});

const idletimer = understood({
  name: 'IDLETIMER',
  options: {
    timeout: value('timeout', integer(1, 0xffffffff), { required: true }),
    label: value('label', { ...cutText(27, 1), print: word.print }, { required: true }),
    alarm: flag('alarm'),
  },
});

const led = understood({
  name: 'LED',
  options: {
    id: value('led-trigger-id', { ...text(16), print: inQuotes }, { required: true }),
    delay: {
      ...value(
        'led-delay',
        spelling((given) =>
          /^inf/i.test(given) ? 'inf' : uint32.print(uint32.read(given, undefined as never)),
        ),
      ),
      hides: (delay) => delay === '0',
    },
    blink: flag('led-always-blink'),
  },
});

const nfqueue = understood({
  name: 'NFQUEUE',
  options: {
    number: value('queue-num', uint16, { excludes: ['balance'] }),
    balance: value(
      'queue-balance',
      spelling((given, context) => {
        const range = integerRange(0xffff).read(given, context);
        return given.includes(':') && range.first < range.last && range.last - range.first < 0xffff
          ? `${range.first}:${range.last}`
          : refuseValue(given, 'FIRST:LAST, the lower number first');
      }),
      { excludes: ['number'] },
    ),
    bypass: flag('queue-bypass'),
    fanout: flag('queue-cpu-fanout', { needs: ['balance'] }),
  },
  complete: (given) => (given.balance ? given : { number: plain(0), ...given }),
});

const setEntry = (name: string, excludes: readonly string[] = []) => ({
  ...setReference,
  names: [name],
  excludes,
});

const set = understood({
  name: 'SET',
  options: {
    add: setEntry('add-set'),
    exist: flag('exist', { needs: ['add'] }),
    timeout: value('timeout', uint32, { needs: ['add'] }),
    del: setEntry('del-set'),
    map: setEntry('map-set'),
    mark: flag('map-mark', { needs: ['map'] }),
    prio: flag('map-prio', { needs: ['map'] }),
    queue: flag('map-queue', { needs: ['map'] }),
  },
  complete(given) {
    if (given.map && !given.mark && !given.prio && !given.queue) {
      throw new Refusal('option-missing', '--map-set needs --map-mark, --map-prio or --map-queue');
    }
    return demandOne('SET', given);
  },
});

const synproxy = understood({
  name: 'SYNPROXY',
  place: { hooks: ['INPUT', 'FORWARD'] },
  options: {
    sack: flag('sack-perm'),
    timestamp: flag('timestamp'),
    wscale: value('wscale', uint32),
    mss: value('mss', { ...uint32, print: (mss) => String(mss & 0xffff) }),
    ecn: flag('ecn'),
  },
  complete(given, context) {
    demandProtocol('tcp', context);
    return given;
  },
});

const tcpOptions: Readonly<Record<string, number>> = {
  wscale: 3,
  mss: 2,
  'sack-permitted': 4,
  sack: 5,
  timestamp: 8,
  md5: 19,
};

const strip = understood({
  name: 'TCPOPTSTRIP',
  place: mangle,
  options: {
    options: value(
      'strip-options',
      spelling((given) => {
        const asked = given.split(',').map((one) => tcpOptions[one] ?? readInteger(one) ?? -1);
        if (asked.some((one) => one < 2 || one > 255) || new Set(asked).size < asked.length) {
          return refuseValue(given, 'TCP options from 2 to 255, each once');
        }
        return asked.sort((left, right) => left - right).join();
      }),
    ),
  },
  complete(given, context) {
    demandProtocol('tcp', context);
    return given;
  },
});

const hex2 = paddedHex(2);
const tosExclusions = (key: string) => ({
  excludes: ['set', 'and', 'or', 'xor'].filter((one) => one !== key),
});
const tosBits = (name: string, key: string, print: (bits: number) => string) => ({
  ...value(name, integer(0, 255, print), tosExclusions(key)),
  prints: 'set-tos',
});

const tos = understood({
  name: 'TOS',
  place: mangle,
  options: {
    set: value('set-tos', tosMask(0x3f), tosExclusions('set')),
    and: tosBits('and-tos', 'and', (bits) => `0x00/${hex2(~bits & 255)}`),
    or: tosBits('or-tos', 'or', (bits) => `${hex2(bits)}/${hex2(bits)}`),
    xor: tosBits('xor-tos', 'xor', (bits) => `${hex2(bits)}/0x00`),
  },
  complete: (given) => demandOne('TOS', given),
});

const hex4 = integer(0, 0xffff, paddedHex(4));
const hex8 = integer(0, 0xffffffff, paddedHex(8));

const tupleNames = ['src', 'dst', 'sport', 'dport', 'proto', 'spi', 'ct'];

const hmark = understood({
  name: 'HMARK',
  options: {
    source: value('hmark-src-prefix', prefixBits),
    destination: value('hmark-dst-prefix', prefixBits),
    sportMask: value('hmark-sport-mask', hex4, { excludes: ['spiMask'] }),
    dportMask: value('hmark-dport-mask', hex4, { excludes: ['spiMask'] }),
    spiMask: value('hmark-spi-mask', hex8),
    sport: value('hmark-sport', hex4),
    dport: value('hmark-dport', hex4),
    spi: value('hmark-spi', hex8),
    protoMask: value('hmark-proto-mask', integer(0, 0xffff, paddedHex(2))),
    random: value('hmark-rnd', hex8, { required: true }),
    modulus: value('hmark-mod', integer(1, 0xffffffff), { required: true }),
    offset: value('hmark-offset', uint32),
    tuple: value(
      'hmark-tuple',
      spelling((given) => {
        const asked = given.split(',');
        return asked.every((one) => tupleNames.includes(one)) ? given : refuseValue(given, tupleNames.join());
      }),
    ),
  },
  complete: completeHmark,
});

/** A tuple is printed as the masks that it stands for, `ct` alone by its name. */
function completeHmark({ tuple, ...given }: Given<Options>, { family }: Context): Given<Options> {
  const whole = plain(family === 'ipv4' ? '32' : '128');
  const asked = ((tuple?.value as string | undefined) ?? '').split(',');
  const masks = ['source', 'destination', 'sportMask', 'dportMask', 'spiMask', 'protoMask'];
  if (!tuple && !masks.some((mask) => given[mask]))
    throw new Refusal('option-missing', 'HMARK needs --hmark-tuple');
  return {
    ...given,
    ...(asked.includes('src') && { source: whole }),
    ...(asked.includes('dst') && { destination: whole }),
    ...(asked.includes('proto') && { protoMask: plain(0xffff) }),
    ...(asked.includes('sport') && { sportMask: plain(0xffff) }),
    ...(asked.includes('dport') && { dportMask: plain(0xffff) }),
    ...(asked.includes('spi') && { spiMask: plain(0xffffffff) }),
    ...(asked.includes('ct') && { tuple: plain('ct') }),
  };
}

const dscp = understood({
  name: 'DSCP',
  place: mangle,
  options: {
    number: value('set-dscp', dscpNumber, { excludes: ['class'] }),
    class: { ...value('set-dscp-class', dscpClass), prints: 'set-dscp' },
  },
  complete: (given) => demandOne('DSCP', given),
});

const connsecmark = understood({
  name: 'CONNSECMARK',
  place: { tables: ['mangle', 'security'] },
  options: { save: flag('save', { excludes: ['restore'] }), restore: flag('restore') },
  complete: (given) => demandOne('CONNSECMARK', given),
});

/** To user space, as long ago: nft has no word for it. */
const queue = understood({
  name: 'QUEUE',
  options: {},
  complete(given, { backend }) {
    if (backend === 'nft')
      throw new Refusal('chain-unknown', "nft knows no target QUEUE; it is NFQUEUE's ancestor");
    return given;
  },
});

/** Of a packet's copy. */
const gateway: Codec<Address> = {
  ...addressHost,
  read: (given, context) =>
    addressHost.read(given, context) || refuseValue(given, 'an address other than that of no host'),
};

export const otherTargets: readonly Extension<Understood>[] = [
  queue,
  classify,
  clusterip,
  connsecmark,
  dscp,
  ecn,
  hmark,
  hopLimit('HL'),
  hopLimit('TTL'),
  idletimer,
  led,
  nfqueue,
  prefixTranslation('DNPT'),
  prefixTranslation('SNPT'),
  rateestTarget,
  set,
  strip,
  synproxy,
  tos,
  understood({
    name: 'AUDIT',
    options: { type: value('type', wordOf(['accept', 'drop', 'reject']), { required: true }) },
  }),
  understood({
    name: 'CHECKSUM',
    place: mangle,
    options: { fill: flag('checksum-fill', { required: true }) },
  }),
  understood({
    name: 'SECMARK',
    place: { tables: ['mangle', 'security'] },
    options: { context: value('selctx', { ...text(255), print: word.print }, { required: true }) },
  }),
  understood({
    name: 'TEE',
    options: {
      gateway: value('gateway', gateway, { required: true }),
      device: value('oif', interfaceName),
    },
  }),
];
