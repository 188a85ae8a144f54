import { integer, prefixBits, spelling, text, uint32, uint64, word } from '../codecs.ts';
import {
  type Context,
  type Extension,
  flag,
  type Given,
  type Options,
  plain,
  Refusal,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';

const not = { negatable: true };

const periods = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
] as const;

/** The kernel keeps a rate as the time between two packets, of so many parts of a second. */
function readRate(text: string, scale: bigint): bigint | undefined {
  const [rate = '', period] = text.split('/');
  const seconds =
    period === undefined
      ? 1
      : periods.find(([name]) => period !== '' && name.startsWith(period.toLowerCase()))?.[1];
  const count = BigInt(/^\d+/.exec(rate)?.[0] ?? '0');
  return seconds === undefined || count === 0n ? undefined : (scale * BigInt(seconds)) / count;
}

/** Prints it in the unit that gives it back most exactly, as iptables picks it. */
function printRate(cost: bigint, scale: bigint): string {
  const units = [
    ['day', 86400n],
    ['hour', 3600n],
    ['min', 60n],
    ['sec', 1n],
  ] as const;
  let unit = 0;
  while (unit < 3) {
    const next = scale * (units[unit + 1] as (typeof units)[number])[1];
    if (cost > next || next / cost < next % cost) break;
    unit += 1;
  }
  const [name, seconds] = units[unit] as (typeof units)[number];
  return `${(scale * seconds) / cost}/${name}`;
}

const limitScale = 10000n;

const limit = understood({
  name: 'limit',
  options: {
    rate: value(
      'limit',
      spelling((text) => {
        const cost = readRate(text, limitScale);
        if (cost === undefined) return refuseValue(text, 'NUMBER/second, /minute, /hour or /day');
        return cost === 0n ? refuseValue(text, 'at most 10000/second') : printRate(cost, limitScale);
      }),
    ),
    burst: { ...value('limit-burst', integer(0, 10000)), hides: (burst) => burst === 5 },
  },
  complete: completeLimit,
});

function completeLimit(given: Given<Options>, { backend }: Context): Given<Options> {
  const { rate = plain('3/hour'), burst = plain(5) } = given;
  const cost = Number(readRate(rate.value as string, limitScale));
  if (backend === 'nft') return { rate, burst: burst.value === 0 ? undefined : burst };
  if (burst.value === 0 || cost * (burst.value as number) > 0xffffffff) {
    throw new Refusal('option-value', 'the kernel cannot count this rate with this burst');
  }
  return { rate, burst };
}

const modes = ['srcip', 'srcport', 'dstip', 'dstport'];
const hashlimitScale = 1000000n;
const byteShift = 4n;
const maxBytes = 0xffffffffn;

interface Rate {
  /** Between two packets, or for one byte. */
  readonly cost: bigint;
  readonly bytes: boolean;
  readonly seconds: number;
}

const hashRate = {
  read(text: string): Rate {
    const bytes = /^(\d+)([kKmM]?)b\/s/.exec(text);
    if (bytes) {
      const number = BigInt(bytes[1] as string) * factor(bytes[2] as string);
      const cost = number === 0n ? 0n : maxBytes / (number >> byteShift || 1n);
      return cost === 0n ? refuseValue(text, 'a rate above 0') : { cost, bytes: true, seconds: 15 };
    }
    const cost = readRate(text, hashlimitScale);
    if (cost === undefined || cost === 0n) return refuseValue(text, 'NUMBER/second, /minute, /hour or /day');
    const period = text.split('/')[1]?.toLowerCase();
    return {
      cost,
      bytes: false,
      seconds: periods.find(([name]) => name.startsWith(period ?? 's'))?.[1] ?? 1,
    };
  },
  print: ({ cost, bytes }: Rate) => (bytes ? printBytes(cost) : printRate(cost, hashlimitScale)),
};

function factor(unit: string): bigint {
  return { k: 1024n, m: 1048576n }[unit.toLowerCase()] ?? 1n;
}

/** Bytes for one second, of what they cost. */
function bytesOf(cost: bigint): bigint {
  return cost === 0n ? maxBytes : (maxBytes / cost) << byteShift;
}

function printBytes(cost: bigint): string {
  const bytes = bytesOf(cost);
  for (const [unit, size] of [
    ['m', 1048576n],
    ['k', 1024n],
  ] as const) {
    const whole = bytes & ~(size - 1n);
    if (bytes >= size && maxBytes / (whole >> byteShift || 1n) === cost) return `${bytes / size}${unit}b/s`;
  }
  return `${bytes}b/s`;
}

function printBurst(bytes: bigint): string {
  for (const [unit, size] of [
    ['m', 1048576n],
    ['k', 1024n],
  ] as const) {
    if (bytes >= size) return `${bytes / size}${unit}b`;
  }
  return `${bytes}b`;
}

const burst = spelling((text) => {
  const [, number, unit = ''] = /^(\d+)([kKmM]?)b?$/.exec(text) ?? [];
  if (number === undefined || number === '0') return refuseValue(text, 'a number above 0');
  return (BigInt(number) * factor(unit)).toString();
});

/** The name of a file in /proc. */
const tableName = spelling((given) =>
  given === '' || given.length > 255 || given.includes('/') ? refuseValue(given, 'a name without /') : given,
);

const hashlimit = understood({
  name: 'hashlimit',
  options: {
    upto: { ...value(['hashlimit-upto', 'hashlimit'], hashRate, { ...not, excludes: ['above'] }) },
    above: value('hashlimit-above', hashRate, { ...not, excludes: ['upto'] }),
    burst: value('hashlimit-burst', burst),
    mode: value(
      'hashlimit-mode',
      spelling((text) => {
        const asked = text.split(',');
        if (asked.some((one) => !modes.includes(one))) return refuseValue(text, `some of ${modes.join()}`);
        return modes.filter((one) => asked.includes(one)).join();
      }),
    ),
    name: value('hashlimit-name', tableName, { required: true }),
    size: { ...value('hashlimit-htable-size', uint32), hides: (size) => size === 0 },
    max: { ...value('hashlimit-htable-max', uint32), hides: (max) => max === 0 },
    gc: { ...value('hashlimit-htable-gcinterval', uint32), hides: (gc) => gc === 1000 },
    expire: value('hashlimit-htable-expire', uint32),
    srcmask: value('hashlimit-srcmask', prefixBits),
    dstmask: value('hashlimit-dstmask', prefixBits),
    match: flag('hashlimit-rate-match'),
    interval: value('hashlimit-rate-interval', uint32),
  },
  complete: completeHashlimit,
});

function completeHashlimit(given: Given<Options>, { family }: Context): Given<Options> {
  const rate = given.upto ?? given.above;
  if (!rate) throw new Refusal('option-missing', 'hashlimit needs --hashlimit-upto or --hashlimit-above');
  const above = (given.above !== undefined) !== rate.negated;
  const matches = given.match !== undefined;
  const { cost: asWritten, bytes, seconds } = rate.value as Rate;
  const cost = matches && !bytes ? asWritten / BigInt(seconds) : asWritten;
  const every = (given.interval?.value as number | undefined) ?? (bytes ? 1 : seconds);
  const whole = family === 'ipv4' ? '32' : '128';
  const {
    upto: _upto,
    above: _above,
    srcmask,
    dstmask,
    expire,
    burst: asked,
    interval: _interval,
    ...rest
  } = given;
  if (!bytes && Number(asked?.value ?? 5) > 1_000_000)
    throw new Refusal('option-value', 'a burst is at most 1000000');
  const shownBurst = bytes ? byteBurst(cost, asked?.value as string | undefined) : plain(asked?.value ?? '5');
  const usual = bytes ? (shownBurst ? 60000 : 15000) : expiry(cost);
  const set = bytes ? (asked ? 60000 : 15000) : seconds * 1000;
  const shownExpire = expire?.value ?? set;
  return {
    ...rest,
    [above ? 'above' : 'upto']: plain({ cost, bytes, seconds }),
    interval: matches && every !== 1 ? plain(every) : undefined,
    burst: shownBurst,
    srcmask: srcmask?.value === whole ? undefined : srcmask,
    dstmask: dstmask?.value === whole ? undefined : dstmask,
    expire: shownExpire === usual ? undefined : plain(shownExpire),
  };
}

/** Milliseconds of the unit in which a rate is printed. */
function expiry(cost: bigint): number {
  const unit = printRate(cost, hashlimitScale).split('/')[1];
  return { day: 86400, hour: 3600, min: 60, sec: 1 }[unit as 'sec'] * 1000;
}

function byteBurst(cost: bigint, asked: string | undefined) {
  if (asked === undefined) return undefined;
  const unit = bytesOf(cost);
  const bytes = BigInt(asked);
  if (bytes < unit) throw new Refusal('option-value', `the burst cannot be smaller than ${unit}b`);
  return plain(printBurst(((bytes + unit - 1n) / unit) * unit));
}

const connlimit = understood({
  name: 'connlimit',
  options: {
    upto: value('connlimit-upto', uint32, { ...not, excludes: ['above'] }),
    above: value('connlimit-above', uint32, { ...not, excludes: ['upto'] }),
    mask: value('connlimit-mask', prefixBits),
    source: flag('connlimit-saddr', { excludes: ['destination'] }),
    destination: flag('connlimit-daddr', { excludes: ['source'] }),
  },
  complete({ upto, above, mask, source, destination }, { family }) {
    const one = upto ?? above;
    if (!one) throw new Refusal('option-missing', 'connlimit needs --connlimit-upto or --connlimit-above');
    const isAbove = (above !== undefined) !== one.negated;
    return {
      [isAbove ? 'above' : 'upto']: plain(one.value),
      mask: mask ?? plain(family === 'ipv4' ? '32' : '128'),
      ...(destination ? { destination } : { source: source ?? plain(true) }),
    };
  },
});

const byteRange = spelling((text, context) => {
  const [first = '', last] = text.split(':');
  const low = first === '' ? '0' : uint64.read(first, context);
  if (last === undefined || last === '') return low;
  const high = uint64.read(last, context);
  return BigInt(high) < BigInt(low) ? refuseValue(text, 'the lower number first') : `${low}:${high}`;
});

const connbytes = understood({
  name: 'connbytes',
  options: {
    bytes: value('connbytes', byteRange, { ...not, required: true }),
    mode: value('connbytes-mode', wordFrom(['packets', 'bytes', 'avgpkt']), { required: true }),
    direction: value('connbytes-dir', wordFrom(['original', 'reply', 'both']), { required: true }),
  },
});

function wordFrom(words: readonly string[]) {
  return spelling((text) => (words.includes(text) ? text : refuseValue(text, words.join(' or '))));
}

/** Bits per second for any of its units; the kernel counts bytes. */
const bitUnits: Readonly<Record<string, number>> = {
  bit: 1,
  kibit: 1024,
  kbit: 1e3,
  mibit: 1024 ** 2,
  mbit: 1e6,
  gibit: 1024 ** 3,
  gbit: 1e9,
  tibit: 1024 ** 4,
  tbit: 1e12,
  bps: 8,
  kibps: 8 * 1024,
  kbps: 8e3,
  mibps: 8 * 1024 ** 2,
  mbps: 8e6,
  gibps: 8 * 1024 ** 3,
  gbps: 8e9,
  tibps: 8 * 1024 ** 4,
  tbps: 8e12,
};

const bitRate = spelling((text) => {
  const [, number, unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(text) ?? [];
  const size = unit === '' ? 1 : bitUnits[unit.toLowerCase()];
  if (number === undefined || size === undefined) return refuseValue(text, 'a rate such as 1mbit');
  const bits = Math.floor((Number(number) * size) / 8) * 8;
  if (bits >= 1e9) return `${(bits / 1e6).toFixed(0)}Mbit`;
  return bits >= 1e6 ? `${(bits / 1e3).toFixed(0)}Kbit` : `${bits.toFixed(0)}bit`;
});

/** The rate after it may be missing where two estimators are compared. */
const rateOption = (names: readonly string[], codec: typeof bitRate) => ({
  ...value(names, codec),
  optional: true,
});

const rateestName = { ...text(15), print: word.print };

const rateest = understood({
  name: 'rateest',
  options: {
    delta: flag('rateest-delta'),
    absolute: value('rateest', rateestName),
    first: value('rateest1', rateestName),
    bps1: rateOption(['rateest-bps1'], bitRate),
    pps1: rateOption(['rateest-pps1'], uint64),
    lt: flag('rateest-lt', { ...not, excludes: ['gt', 'eq'] }),
    gt: flag('rateest-gt', { ...not, excludes: ['lt', 'eq'] }),
    eq: flag('rateest-eq', { ...not, excludes: ['lt', 'gt'] }),
    bps: rateOption(['rateest-bps'], bitRate),
    pps: rateOption(['rateest-pps'], uint64),
    bps2: rateOption(['rateest-bps2'], bitRate),
    pps2: rateOption(['rateest-pps2'], uint64),
    second: value('rateest2', rateestName),
  },
});

export const rateMatches: readonly Extension<Understood>[] = [
  connbytes,
  connlimit,
  hashlimit,
  limit,
  rateest,
  understood({ name: 'quota', options: { quota: value('quota', uint64, { ...not, required: true }) } }),
  understood({
    name: 'nfacct',
    options: {
      name: value(
        'nfacct-name',
        { ...text(31, 1), print: (name: string) => ` ${text(31).print(name)}` },
        { required: true },
      ),
    },
  }),
];
