import { want } from '../../../text/expected.ts';
import { addressHost, hostMask } from '../codecs/addresses.ts';
import { type IntegerRange, integer, printRange, uint8, uint32 } from '../codecs/numbers.ts';
import { spelling } from '../codecs/words.ts';
import { readInteger } from '../numbers.ts';
import {
  type Codec,
  type Extension,
  flag,
  type Given,
  type Options,
  Refusal,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';
import { demandProtocol } from './demand.ts';
import { wideRange } from './security.ts';

const not = { negatable: true };

// IPv6 extension headers.

/** `TYPE:LENGTH` of options in a header, several. */
const headerOptions = spelling((word) => {
  const parts = word.split(',').map((part) => {
    const [type, length] = part.split(':').map((one) => {
      const number = readInteger(one);
      return number === undefined ? refuseValue(word, want.either('TYPE', 'TYPE:LENGTH')) : number & 255;
    });
    if (type === 0 && length !== undefined) refuseValue(word, want.thing('no-length-of-0'));
    return length === undefined || length === 255 ? String(type) : `${type}:${length}`;
  });
  return parts.length > 16 ? refuseValue(word, want.atMost(16, 'options')) : parts.join();
});

export function optionHeader(name: 'dst' | 'hbh'): Extension<Understood> {
  return understood({
    name,
    family: 'ipv6',
    options: { length: value(`${name}-len`, uint32, not), options: value(`${name}-opts`, headerOptions) },
  });
}

export const frag = understood({
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

export const rt = understood({
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
        return addresses.length > 16 ? refuseValue(word, want.atMost(16, 'addresses')) : addresses.join();
      }),
      rt0,
    ),
    notStrict: flag('rt-0-not-strict', { after: ['addresses'] }),
  },
  complete(given) {
    const zero = given.type?.value === 0 && !given.type.negated;
    if ((given.reserved || given.addresses) && !zero) {
      throw new Refusal('option-needs', {
        code: 'both-need',
        options: ['--rt-0-res', '--rt-0-addrs'],
        other: '--rt-type 0',
      });
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

/** The beginning of a name stands for the first that has it. */
function mobilityType(word: string): number {
  const number = readInteger(word);
  if (number !== undefined) return number <= 255 ? number : refuseValue(word, want.range(0, 255, 'type'));
  const asked = word.toLowerCase();
  const exact = mobilityTypes.findIndex((names) => (names as readonly string[]).includes(asked));
  const found =
    exact === -1 ? mobilityTypes.findIndex((names) => names.some((name) => name.startsWith(asked))) : exact;
  return found === -1 ? refuseValue(word, want.thing('type-named')) : found;
}

const mhTypes: Codec<IntegerRange> = {
  read(word) {
    const [first = '', last] = word.split(':');
    const low = first === '' ? 0 : mobilityType(first);
    const high = last === undefined ? low : last === '' ? 255 : mobilityType(last);
    return low > high ? refuseValue(word, want.thing('lower-type-first')) : { first: low, last: high };
  },
  print: printRange,
};

export const mh = understood({
  name: 'mh',
  family: 'ipv6',
  options: {
    type: { ...value('mh-type', mhTypes, not), hides: ({ first, last }) => first === 0 && last === 255 },
  },
  complete(given, context) {
    demandProtocol('mobility-header', context, '-m mh');
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

export const ipv6header = understood({
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
            return index === -1
              ? refuseValue(word, want.written(headerNames.map(([name]) => name).join(', ')))
              : index;
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

export const srh = understood({
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

export const ah6 = understood({
  name: 'ah',
  family: 'ipv6',
  options: { spi: wideRange('ahspi'), length: value('ahlen', uint32, not), reserved: flag('ahres') },
});
