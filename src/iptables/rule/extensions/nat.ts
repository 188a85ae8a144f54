import { formatAddress, formatEndpoint } from '../../../address/address.ts';
import { highestPort, type PortRange } from '../../../address/port.ts';
import { want } from '../../../text/expected.ts';
import { plainAddress, subnet } from '../codecs/addresses.ts';
import { integer } from '../codecs/numbers.ts';
import type { AddressRange } from '../match.ts';
import { readInteger } from '../numbers.ts';
import { servicePort } from '../services.ts';
import { type Codec, type Context, extension, flag, Refusal, refuseValue, value, when } from '../syntax.ts';
import type {
  DnatTarget,
  MasqueradeTarget,
  NatOptions,
  NetmapTarget,
  RedirectTarget,
  SnatTarget,
} from '../target.ts';

const portNumber = integer(0, highestPort);

interface Translation {
  readonly addresses?: AddressRange;
  readonly ports?: PortRange;
  readonly basePort?: number;
}

const randomness = {
  random: flag('random'),
  randomFully: flag('random-fully'),
  persistent: flag('persistent'),
};

interface GivenRandomness {
  readonly random?: object | undefined;
  readonly randomFully?: object | undefined;
  readonly persistent?: object | undefined;
}

function natOptions({ random, randomFully, persistent }: GivenRandomness): NatOptions {
  return {
    ...(random && { random: true }),
    ...(randomFully && { randomFully: true }),
    ...(persistent && { persistent: true }),
  };
}

function takeOptions({ random, randomFully, persistent }: NatOptions) {
  return { random: when(random), randomFully: when(randomFully), persistent: when(persistent) };
}

/** Ports change only for protocols that have them. */
function demandPorts({ protocol }: Context): void {
  if (![1, 6, 17, 33, 132].includes(protocol)) {
    throw new Refusal('option-needs', {
      code: 'port-needs-protocol',
      protocols: ['tcp', 'udp', 'sctp', 'dccp'],
    });
  }
}

/** A service's name stands alone; numbers may be a range, with the port that a shifted range begins at. */
function readPorts(text: string, context: Context): Pick<Translation, 'ports' | 'basePort'> {
  demandPorts(context);
  if (/^[1-9]\d{0,3}$/.test(text)) return { ports: { first: Number(text), last: Number(text) } };
  const named = /^\d/.test(text) ? undefined : servicePort(text, 0);
  if (named !== undefined) return { ports: { first: named, last: named } };
  const [, first, last, base] = /^([0-9a-fA-FxX]+)(?:-([0-9a-fA-FxX]+)(?:\/(.+))?)?$/.exec(text) ?? [];
  if (first === undefined) return refuseValue(text, want.either('PORT', 'FIRST-LAST'));
  const low = portNumber.read(first, context);
  const ports = { first: low, last: last === undefined ? low : portNumber.read(last, context) };
  if (ports.last < ports.first) refuseValue(text, want.thing('lower-port-first'));
  if (base === undefined) return { ports };
  const basePort = readInteger(base) ?? servicePort(base, 0);
  if (basePort === undefined || basePort < 1 || basePort > highestPort)
    refuseValue(base, want.thing('port-from-1'));
  return { ports, basePort: basePort as number };
}

/** The same; only DNAT knows shifted ranges. */
function portsOf(text: string, context: Context, shifted: boolean): Pick<Translation, 'ports' | 'basePort'> {
  const read = readPorts(text, context);
  return read.basePort !== undefined && !shifted
    ? refuseValue(text, want.either('PORT', 'FIRST-LAST'))
    : read;
}

/** `[ADDRESS[-ADDRESS]][:PORT[-PORT][/BASE]]`; an IPv6 address stands in brackets where a port follows. */
function translation(shifted: boolean): Codec<Translation> {
  return {
    read(text, context) {
      const { addresses, ports } = splitEndpoint(text, context);
      if (addresses === '' && ports === undefined)
        refuseValue(text, want.written('ADDRESS[-ADDRESS][:PORT[-PORT]]'));
      const range = addresses === '' ? undefined : readAddresses(addresses, context);
      const translation = ports === undefined ? {} : portsOf(ports, context, shifted);
      return range === undefined ? translation : { addresses: range, ...translation };
    },
    print: printTranslation,
  };
}

function splitEndpoint(text: string, { family }: Context): { addresses: string; ports?: string } {
  if (family === 'ipv4') {
    const colon = text.indexOf(':');
    return colon === -1
      ? { addresses: text }
      : { addresses: text.slice(0, colon), ports: text.slice(colon + 1) };
  }
  // What stands between the bracket and the colon is not looked at.
  const bracketed = /^\[([^\]]*)\][^:]*(?::(.*))?$/.exec(text);
  if (bracketed)
    return { addresses: bracketed[1] ?? '', ...(bracketed[2] !== undefined && { ports: bracketed[2] }) };
  return text.startsWith(':') && !text.startsWith('::')
    ? { addresses: '', ports: text.slice(1) }
    : { addresses: text };
}

function readAddresses(text: string, context: Context): AddressRange {
  if (!text.includes('-')) {
    const only = plainAddress.read(text, context);
    return { first: only, last: only };
  }
  const [first = '', last, ...more] = text.split('-');
  if (more.length > 0) refuseValue(text, want.either('ADDRESS', 'FIRST-LAST'));
  const low = plainAddress.read(first, context);
  return { first: low, last: last === undefined ? low : plainAddress.read(last, context) };
}

function printTranslation({ addresses, ports, basePort }: Translation): string {
  const tail = ports === undefined ? '' : printPorts(ports) + (basePort === undefined ? '' : `/${basePort}`);
  if (addresses === undefined) return ports === undefined ? '' : `:${tail}`;
  if (addresses.first === addresses.last && ports !== undefined && tail === String(ports.first)) {
    return formatEndpoint(addresses.first, ports.first);
  }
  const range =
    formatAddress(addresses.first) +
    (addresses.first === addresses.last ? '' : `-${formatAddress(addresses.last)}`);
  if (ports === undefined) return range;
  return typeof addresses.first === 'number' ? `${range}:${tail}` : `[${range}]:${tail}`;
}

function printPorts({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

export const dnat = extension({
  name: 'DNAT',
  place: { tables: ['nat'], hooks: ['PREROUTING', 'OUTPUT'] },
  options: {
    to: value('to-destination', translation(true), { required: true }),
    random: randomness.random,
    persistent: randomness.persistent,
  },
  build({ to, ...options }): DnatTarget {
    return { kind: 'dnat', ...to?.value, ...natOptions(options) };
  },
  take: (target) => ({ to: { value: target, negated: false }, ...takeOptions(target) }),
});

export const snat = extension({
  name: 'SNAT',
  place: { tables: ['nat'], hooks: ['INPUT', 'POSTROUTING'] },
  options: { to: value('to-source', translation(false), { required: true }), ...randomness },
  build({ to, ...options }): SnatTarget {
    return { kind: 'snat', ...to?.value, ...natOptions(options) };
  },
  take: (target) => ({ to: { value: target, negated: false }, ...takeOptions(target) }),
});

/** `--to-ports PORT[-PORT]`. */
const toPorts: Codec<PortRange> = {
  read: (text, context) => portsOf(text, context, false).ports as PortRange,
  print: printPorts,
};

export const masquerade = extension({
  name: 'MASQUERADE',
  place: { tables: ['nat'], hooks: ['POSTROUTING'] },
  options: {
    ports: value('to-ports', toPorts),
    random: randomness.random,
    randomFully: randomness.randomFully,
  },
  build({ ports, ...options }): MasqueradeTarget {
    return { kind: 'masquerade', ...(ports && { ports: ports.value }), ...natOptions(options) };
  },
  take: (target) => ({
    ports: target.ports && { value: target.ports, negated: false },
    ...takeOptions(target),
  }),
});

export const redirect = extension({
  name: 'REDIRECT',
  place: { tables: ['nat'], hooks: ['PREROUTING', 'OUTPUT'] },
  options: { ports: value('to-ports', toPorts), random: randomness.random },
  build({ ports, ...options }): RedirectTarget {
    return { kind: 'redirect', ...(ports && { ports: ports.value }), ...natOptions(options) };
  },
  take: (target) => ({
    ports: target.ports && { value: target.ports, negated: false },
    ...takeOptions(target),
  }),
});

export const netmap = extension({
  name: 'NETMAP',
  place: { tables: ['nat'] },
  options: { to: value('to', subnet, { required: true }) },
  build({ to }): NetmapTarget {
    return { kind: 'netmap', ...(to as NonNullable<typeof to>).value };
  },
  take: (target) => ({ to: { value: target, negated: false } }),
});
