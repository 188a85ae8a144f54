import { formatAddress } from '../../../address/address.ts';
import { want } from '../../../text/expected.ts';
import { dottedAddress } from '../codecs/addresses.ts';
import { etherAddress } from '../codecs/names.ts';
import { uint64 } from '../codecs/numbers.ts';
import { someOf, text } from '../codecs/words.ts';
import {
  type AddressRange,
  type AddressType,
  type AddrtypeMatch,
  addressTypes,
  type IprangeMatch,
  type MacMatch,
  type OtherMatch,
  type PkttypeMatch,
  type SetMatch,
} from '../match.ts';
import {
  type Codec,
  type Context,
  defined,
  extension,
  flag,
  inwardHooks,
  type Option,
  type Options,
  outwardHooks,
  type Place,
  Refusal,
  refuseValue,
  value,
  when,
} from '../syntax.ts';

const not = { negatable: true };

/** What the routes of IPv6 do not know. */
function refuseTypes(types: readonly AddressType[]): void {
  const refused = types.find((type) =>
    ['BROADCAST', 'BLACKHOLE', 'PROHIBIT', 'THROW', 'NAT', 'XRESOLVE'].includes(type),
  );
  if (refused) throw new Refusal('option-value', { code: 'ipv6-type', type: refused });
}

export const addrtype = extension({
  name: 'addrtype',
  place: ({ limit }: AddrtypeMatch): Place =>
    limit ? { hooks: limit === 'in' ? inwardHooks : outwardHooks } : {},
  options: {
    source: value('src-type', someOf(addressTypes), not),
    destination: value('dst-type', someOf(addressTypes), not),
    in: flag('limit-iface-in', { excludes: ['out'] }),
    out: flag('limit-iface-out', { excludes: ['in'] }),
  },
  build({ source, destination, in: byIn, out }, { family }): AddrtypeMatch {
    if (family === 'ipv6') refuseTypes([...(source?.value ?? []), ...(destination?.value ?? [])]);
    if (!source && !destination)
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: 'addrtype',
        options: ['--src-type', '--dst-type'],
      });
    const limit = byIn ? ({ limit: 'in' } as const) : out ? ({ limit: 'out' } as const) : {};
    return { kind: 'addrtype', ...defined({ source, destination }), ...limit };
  },
  take: ({ source, destination, limit }) => ({
    source,
    destination,
    in: when(limit === 'in'),
    out: when(limit === 'out'),
  }),
});

/** `FIRST-LAST`, or one address. */
export const addressRange: Codec<AddressRange> = {
  read(word, context) {
    const [first = '', last = first, ...more] = word.split('-');
    if (more.length > 0) refuseValue(word, want.written('FIRST-LAST'));
    return { first: dottedAddress.read(first, context), last: dottedAddress.read(last, context) };
  },
  print: ({ first, last }) => `${formatAddress(first)}-${formatAddress(last)}`,
};

export const iprange = extension({
  name: 'iprange',
  options: {
    source: value('src-range', addressRange, not),
    destination: value('dst-range', addressRange, not),
  },
  build(given): IprangeMatch {
    if (!given.source && !given.destination) {
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: 'iprange',
        options: ['--src-range', '--dst-range'],
      });
    }
    return { kind: 'iprange', ...defined(given) };
  },
  take: (match) => match,
});

export const mac = extension({
  name: 'mac',
  place: { hooks: ['PREROUTING', 'INPUT', 'FORWARD'] },
  options: { address: value('mac-source', etherAddress, { ...not, required: true }) },
  build({ address }): MacMatch {
    return { kind: 'mac', negated: address?.negated ?? false, address: address?.value ?? '' };
  },
  take: ({ address, negated }) => ({ address: { value: address, negated } }),
});

/** Packets to other hosts are only seen where an interface is promiscuous; they are not evaluated. */
const packetTypes: Codec<PkttypeMatch['type'] | 'otherhost'> = {
  read(word) {
    const names = {
      host: 'unicast',
      unicast: 'unicast',
      broadcast: 'broadcast',
      bcast: 'broadcast',
      multicast: 'multicast',
      mcast: 'multicast',
      otherhost: 'otherhost',
    } as const;
    const found = Object.entries(names).find(([name]) => name === word.toLowerCase());
    return found ? found[1] : refuseValue(word, want.either('unicast', 'broadcast', 'multicast'));
  },
  print: (type) => type,
};

export const pkttype = extension({
  name: 'pkttype',
  options: { type: value('pkt-type', packetTypes, { ...not, required: true }) },
  build({ type }): PkttypeMatch | OtherMatch {
    const { value, negated } = type as NonNullable<typeof type>;
    if (value !== 'otherhost') return { kind: 'pkttype', negated, type: value };
    const words = ['--pkt-type', value];
    return { kind: 'other', name: 'pkttype', words: negated ? ['!', ...words] : words, understood: true };
  },
  take: (match) => (match.kind === 'pkttype' ? { type: { value: match.type, negated: match.negated } } : {}),
});

interface NamedSet {
  readonly name: string;
  readonly directions: SetMatch['directions'];
}

/** `NAME src,dst…`: up to six directions. */
export const setReference: Omit<Option<NamedSet>, 'names'> = {
  arity: 2,
  read([name = '', directions = ''], context: Context) {
    const list = directions
      .split(',')
      .map((one) =>
        one === 'src' || one === 'dst' ? one : refuseValue(directions, want.thing('directions')),
      );
    if (list.length > 6) refuseValue(directions, want.atMost(6, 'directions'));
    return { name: text(31, 1).read(name, context), directions: list };
  },
  print: ({ name, directions }) => ` ${name} ${directions.join()}`,
};

/** `--packets-eq` and the like: one of the three. */
function counterTests(what: 'packets' | 'bytes'): Options {
  const keys = ['eq', 'lt', 'gt'].map((order) => `${what}-${order}`);
  return Object.fromEntries(
    keys.map((key) => [key, value(key, uint64, { negatable: key.endsWith('eq'), excludes: keys })]),
  );
}

export const set = extension({
  name: 'set',
  options: { set: { ...setReference, ...not, names: ['match-set', 'set'], required: true } },
  further: {
    noMatch: flag('return-nomatch'),
    update: { ...flag('update-counters', not), hides: (_: true, negated: boolean) => !negated },
    updateSub: { ...flag('update-subcounters', not), hides: (_: true, negated: boolean) => !negated },
    ...counterTests('packets'),
    ...counterTests('bytes'),
  },
  build({ set }, _context, words): SetMatch {
    const { value, negated } = set as NonNullable<typeof set>;
    return { kind: 'set', negated, ...value, further: words };
  },
  take: ({ name, directions, negated }) => ({ set: { value: { name, directions }, negated } }),
  words: (match) => match.further,
});
