import type { Address } from '../../../address/address.ts';
import { want } from '../../../text/expected.ts';
import { addressHost, hostMask, subnet } from '../codecs/addresses.ts';
import { etherAddress, interfaceName } from '../codecs/names.ts';
import { integer, integerRange, uint16, uint32 } from '../codecs/numbers.ts';
import { cutText, oneOf, spelling, text, word, wordOf } from '../codecs/words.ts';
import { inQuotes } from '../quote.ts';
import {
  type Codec,
  type Extension,
  flag,
  outwardHooks,
  plain,
  Refusal,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';
import { setReference } from './addresses.ts';
import { demandOne, demandProtocol } from './demand.ts';
import { rateestTarget } from './estimators.ts';
import { dscp, ecn, hopLimit, mangle, strip, tos } from './header-targets.ts';
import { hmark } from './hmark.ts';

/** What RFC 6296 translates: prefixes of at most 64 bits, all other bits clear. */
const prefix64 = spelling((given, context) => {
  const shown = hostMask.read(given, context);
  const length = Number(shown.split('/')[1]);
  return length <= 64 && subnet.print(subnet.read(given, context)) === shown
    ? shown
    : refuseValue(given, want.thing('prefix-of-64-bits'));
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
        if (major === undefined || minor === undefined)
          return refuseValue(given, want.written('MAJOR:MINOR'));
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
    if (lacks) throw new Refusal('option-missing', { code: 'clusterip-new' });
    return { ...given, init: given.init ?? plain(0) };
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
          : refuseValue(given, want.thing('ordered-numbers'));
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

export const set = understood({
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
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: '--map-set',
        options: ['--map-mark', '--map-prio', '--map-queue'],
      });
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
    demandProtocol('tcp', context, '-j SYNPROXY');
    return given;
  },
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
    if (backend === 'nft') throw new Refusal('chain-unknown', { code: 'no-queue' });
    return given;
  },
});

/** Of a packet's copy. */
const gateway: Codec<Address> = {
  ...addressHost,
  read: (given, context) =>
    addressHost.read(given, context) || refuseValue(given, want.thing('address-of-a-host')),
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
