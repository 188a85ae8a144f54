import { addressHost, hostMask } from '../codecs/addresses.ts';
import { namedMark } from '../codecs/marks.ts';
import {
  type IntegerRange,
  integer,
  integerRange,
  paddedHex,
  printRange,
  uint8,
  uint32,
} from '../codecs/numbers.ts';
import { spelling } from '../codecs/words.ts';
import { readInteger } from '../numbers.ts';
import {
  type Codec,
  type Extension,
  flag,
  type Given,
  type Option,
  type OptionRules,
  type Options,
  Refusal,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';
import { demandProtocol } from './transport.ts';

const not = { negatable: true };

/** Security parameter indexes and the like: a range of 32 bits that says nothing where it is all of them. */
function wideRange(name: string, rules: OptionRules = not): Option<IntegerRange> {
  return {
    ...value(name, integerRange(0xffffffff), rules),
    hides: ({ first, last }) => first === 0 && last === 0xffffffff,
  };
}

/** One of three options, at least; `NAME-eq` may be negated. */
function comparison(
  name: string,
  prefix: string,
  family: 'ipv4' | 'ipv6',
  more: readonly string[] = [],
): Extension<Understood> {
  const keys = ['eq', 'lt', 'gt'];
  const options = keys.map((key) => {
    const names = key === 'eq' ? [`${prefix}-eq`, ...more] : [`${prefix}-${key}`];
    return [key, value(names, uint8, { negatable: key === 'eq', excludes: keys })] as const;
  });
  return understood({
    name,
    family,
    options: Object.fromEntries(options),
    complete(given) {
      if (Object.keys(given).length === 0)
        throw new Refusal('option-missing', `${name} needs one of its options`);
      return given;
    },
  });
}

const ecnBits = integer(0, 3);

const ecn = understood({
  name: 'ecn',
  options: {
    ece: flag('ecn-tcp-ece', not),
    cwr: flag('ecn-tcp-cwr', not),
    ect: value('ecn-ip-ect', ecnBits, not),
  },
  complete(given, context) {
    if (Object.keys(given).length === 0) throw new Refusal('option-missing', 'ecn needs one of its options');
    if (given.ece || given.cwr) demandProtocol('tcp', context);
    return given;
  },
});

/** RFC 2474, 2597 and 3246. */
const dscpClasses: Readonly<Record<string, number>> = { BE: 0, EF: 0x2e };
const dscpNames = { ...dscpClasses } as Record<string, number>;
for (let high = 0; high < 8; high += 1) dscpNames[`CS${high}`] = high * 8;
for (let high = 1; high < 5; high += 1) {
  for (let low = 1; low < 4; low += 1) dscpNames[`AF${high}${low}`] = high * 8 + low * 2;
}

export const dscpClass: Codec<number> = {
  read: (word) => dscpNames[word.toUpperCase()] ?? refuseValue(word, Object.keys(dscpNames).join(', ')),
  print: paddedHex(2),
};
export const dscpNumber = integer(0, 63, paddedHex(2));

const dscp = understood({
  name: 'dscp',
  options: {
    number: value('dscp', dscpNumber, { ...not, excludes: ['class'] }),
    class: { ...value('dscp-class', dscpClass, not), prints: 'dscp' },
  },
  complete(given) {
    if (Object.keys(given).length === 0) throw new Refusal('option-missing', 'dscp needs --dscp');
    return given;
  },
});

/** RFC 1349. */
const tosNames: Readonly<Record<string, number>> = {
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
};

/** `VALUE/MASK` or a name; the latter with its own mask. */
export function tosMask(namedMask: number): Codec<string> {
  const hex2 = paddedHex(2);
  return spelling((word) => {
    const named = tosNames[word.toLowerCase()];
    if (named !== undefined) return `${hex2(named)}/${hex2(namedMask)}`;
    const [first = '', mask, ...more] = word.split('/').map(readInteger);
    if (first === '' || first === undefined || first > 255 || more.length > 0 || (mask ?? 0) > 255) {
      return refuseValue(word, 'VALUE/MASK of 8 bits, or a name');
    }
    if (word.includes('/') && mask === undefined) return refuseValue(word, 'VALUE/MASK of 8 bits');
    return `${hex2(first)}/${hex2(mask ?? 255)}`;
  });
}

/** iproute2's own file of realms names 0 alone. */
const realm = understood({
  name: 'realm',
  family: 'ipv4',
  place: { hooks: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] },
  options: { realm: value('realm', namedMark('cosmos'), { ...not, required: true }) },
});

// IPv6 extension headers.

/** `TYPE:LENGTH` of options in a header, several. */
const headerOptions = spelling((word) => {
  const parts = word.split(',').map((part) => {
    const [type, length] = part.split(':').map((one) => {
      const number = readInteger(one);
      return number === undefined ? refuseValue(word, 'TYPE or TYPE:LENGTH') : number & 255;
    });
    if (type === 0 && length !== undefined) refuseValue(word, 'no length after type 0');
    return length === undefined || length === 255 ? String(type) : `${type}:${length}`;
  });
  return parts.length > 16 ? refuseValue(word, 'at most 16 options') : parts.join();
});

function optionHeader(name: 'dst' | 'hbh'): Extension<Understood> {
  return understood({
    name,
    family: 'ipv6',
    options: { length: value(`${name}-len`, uint32, not), options: value(`${name}-opts`, headerOptions) },
  });
}

const frag = understood({
  name: 'frag',
  family: 'ipv6',
  options: {
    id: wideRange('fragid'),
    length: value('fraglen', uint32, not),
    reserved: flag('fragres'),
    first: flag('fragfirst'),
    more: flag('fragmore', { excludes: ['last'] }),
    last: flag('fraglast', { excludes: ['more'] }),
  },
});

const rt0 = { after: ['type'] };

const rt = understood({
  name: 'rt',
  family: 'ipv6',
  options: {
    type: value('rt-type', uint32, not),
    segments: wideRange('rt-segsleft'),
    length: value('rt-len', uint32, not),
    reserved: flag('rt-0-res', rt0),
    addresses: value(
      'rt-0-addrs',
      spelling((word, context) => {
        const addresses = word.split(',').map((one) => addressHost.print(addressHost.read(one, context)));
        return addresses.length > 16 ? refuseValue(word, 'at most 16 addresses') : addresses.join();
      }),
      rt0,
    ),
    notStrict: flag('rt-0-not-strict', { after: ['addresses'] }),
  },
  complete(given) {
    const zero = given.type?.value === 0 && !given.type.negated;
    if ((given.reserved || given.addresses) && !zero) {
      throw new Refusal('option-needs', '--rt-0-res and --rt-0-addrs need --rt-type 0');
    }
    return given;
  },
});

/** RFC 6275, by number, each with its short name. */
const mobilityTypes = [
  ['binding-refresh-request', 'brr'],
  ['home-test-init', 'hoti'],
  ['careof-test-init', 'coti'],
  ['home-test', 'hot'],
  ['careof-test', 'cot'],
  ['binding-update', 'bu'],
  ['binding-acknowledgement', 'ba'],
  ['binding-error', 'be'],
] as const;

function mobilityType(word: string): number {
  const number = readInteger(word);
  if (number !== undefined) return number <= 255 ? number : refuseValue(word, 'a type from 0 to 255');
  const asked = word.toLowerCase();
  const exact = mobilityTypes.findIndex((names) => (names as readonly string[]).includes(asked));
  if (exact !== -1) return exact;
  const found = mobilityTypes.flatMap((names, index) =>
    names.some((name) => name.startsWith(asked)) ? [index] : [],
  );
  return found.length === 1 ? (found[0] as number) : refuseValue(word, 'a type by number or name');
}

const mhTypes: Codec<IntegerRange> = {
  read(word) {
    const [first = '', last] = word.split(':');
    const low = first === '' ? 0 : mobilityType(first);
    const high = last === undefined ? low : last === '' ? 255 : mobilityType(last);
    return low > high ? refuseValue(word, 'the lower type first') : { first: low, last: high };
  },
  print: printRange,
};

const mh = understood({
  name: 'mh',
  family: 'ipv6',
  options: {
    type: { ...value('mh-type', mhTypes, not), hides: ({ first, last }) => first === 0 && last === 255 },
  },
  complete(given, context) {
    demandProtocol('mobility-header', context);
    return given;
  },
});

const headerNames: readonly (readonly [string, string])[] = [
  ['hop-by-hop', 'hop'],
  ['ipv6-opts', 'dst'],
  ['ipv6-route', 'route'],
  ['ipv6-frag', 'frag'],
  ['ah', 'auth'],
  ['esp', 'esp'],
  ['ipv6-nonxt', 'none'],
  ['protocol', 'prot'],
];

/** The protocols' numbers, by which they can be called as well. */
const headerNumbers = [0, 60, 43, 44, 51, 50, 59];

const ipv6header = understood({
  name: 'ipv6header',
  family: 'ipv6',
  options: {
    header: value(
      'header',
      spelling((word) => {
        const asked = word
          .split(',')
          .filter((one) => one !== '')
          .map((one) => {
            const named = headerNames.findIndex((names) => names.includes(one));
            const index = named === -1 ? headerNumbers.indexOf(readInteger(one) ?? -1) : named;
            return index === -1 ? refuseValue(word, headerNames.map(([name]) => name).join(', ')) : index;
          });
        return headerNames.flatMap(([name], index) => (asked.includes(index) ? [name] : [])).join();
      }),
      { ...not, required: true },
    ),
    soft: flag('soft'),
  },
});

const srhNames = ['hdr-len', 'segs-left', 'last-entry'] as const;

const srhCounts = (name: string) =>
  ['eq', 'gt', 'lt'].map((order) => [`${name}-${order}`, value(`srh-${name}-${order}`, uint8, not)] as const);

/** A header has one number of each kind, the one given last, to which all of its tests compare. */
function lastCounts(given: Given<Options>): Given<Options> {
  const counts = srhNames.flatMap((name) => {
    const keys = Object.keys(given).filter((key) => key.startsWith(name));
    const last = given[keys.at(-1) ?? '']?.value;
    return keys.map((key) => [key, { ...given[key], value: last }] as const);
  });
  return { ...given, ...(Object.fromEntries(counts) as Given<Options>) };
}

const srh = understood({
  name: 'srh',
  family: 'ipv6',
  options: {
    next: value('srh-next-hdr', uint8, not),
    ...Object.fromEntries(srhNames.flatMap(srhCounts)),
    tag: value('srh-tag', integer(0, 0xffff), not),
    previous: value('srh-psid', hostMask, not),
    nextSegment: value('srh-nsid', hostMask, not),
    last: value('srh-lsid', hostMask, not),
  },
  complete: lastCounts,
});

/** IPv6 has it as a header among others, IPv4 as a protocol. */
const ah4 = understood({
  name: 'ah',
  family: 'ipv4',
  options: { spi: wideRange('ahspi') },
  complete(given, context) {
    demandProtocol('ah', context);
    return given;
  },
});

const ah6 = understood({
  name: 'ah',
  family: 'ipv6',
  options: { spi: wideRange('ahspi'), length: value('ahlen', uint32, not), reserved: flag('ahres') },
});

const esp = understood({
  name: 'esp',
  options: { spi: wideRange('espspi') },
  complete(given, context) {
    demandProtocol('esp', context);
    return given;
  },
});

const ipcomp = understood({
  name: 'ipcomp',
  options: { spi: wideRange('ipcompspi'), reserved: flag('compres') },
  complete(given, context) {
    demandProtocol('ipcomp', context);
    return given;
  },
});

export const headerMatches: readonly Extension<Understood>[] = [
  ah4,
  ah6,
  comparison('hl', 'hl', 'ipv6', ['hl']),
  comparison('ttl', 'ttl', 'ipv4', ['ttl']),
  dscp,
  ecn,
  esp,
  frag,
  ipcomp,
  ipv6header,
  mh,
  optionHeader('dst'),
  optionHeader('hbh'),
  realm,
  rt,
  srh,
  understood({
    name: 'eui64',
    family: 'ipv6',
    place: { hooks: ['PREROUTING', 'INPUT', 'FORWARD'] },
    options: {},
  }),
  understood({ name: 'tos', options: { tos: value('tos', tosMask(0x3f), { ...not, required: true }) } }),
];
