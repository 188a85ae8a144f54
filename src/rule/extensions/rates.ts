import { addressBits } from '../../address/address.ts';
import { prefixBits } from '../codecs/addresses.ts';
import { integer, largest64, uint32, uint64 } from '../codecs/numbers.ts';
import { oneOf, spelling, text } from '../codecs/words.ts';
import { readWide } from '../numbers.ts';
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
import { rateestMatch } from './estimators.ts';

const not = { negatable: true };

const periods = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
] as const;

/** The kernel keeps a rate as the time between two packets, of so many parts of a second. */
function readRate(text: string, scale: bigint): bigint | undefined {
  const [, rate = '', period] = /^([^/]*)(?:\/(.*))?$/.exec(text) ?? [];
  const seconds =
    period === undefined
      ? 1
      : periods.find(([name]) => period !== '' && name.startsWith(period.toLowerCase()))?.[1];
  const count = BigInt(/^\+?(\d+)/.exec(rate)?.[1] ?? '0');
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
  const [, digits = '', unit = ''] = /^(0[xX][0-9a-fA-F]+|\d+)([km]?)/.exec(text) ?? [];
  const number = readWide(digits);
  if (!number) return refuseValue(text, 'a number above 0');
  return (number * factor(unit)).toString();
});

/** The name of a file in /proc. */
const tableName = spelling((given) =>
  given === '' || given.length > 255 || given.includes('/') ? refuseValue(given, 'a name without /') : given,
);

const maskLength = spelling((text, context) =>
  String(integer(0, addressBits[context.family]).read(text, context)),
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
    expire: value('hashlimit-htable-expire', integer(1, 0xffffffff)),
    srcmask: value('hashlimit-srcmask', maskLength),
    dstmask: value('hashlimit-dstmask', maskLength),
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

/** All numbers from the first on where there is no last, or the last is the highest. */
const byteRange = spelling((text, context) => {
  const [first = '', last = '', ...more] = text.split(':');
  if (more.length > 0) refuseValue(text, 'FIRST:LAST');
  const low = first === '' ? '0' : uint64.read(first, context);
  const high = last === '' ? largest64.toString() : uint64.read(last, context);
  if (high === largest64.toString()) return low;
  return BigInt(high) < BigInt(low) ? refuseValue(text, 'the lower number first') : `${low}:${high}`;
});

const connbytes = understood({
  name: 'connbytes',
  options: {
    bytes: value('connbytes', byteRange, { ...not, required: true }),
    mode: value('connbytes-mode', oneOf(['packets', 'bytes', 'avgpkt']), { required: true }),
    direction: value('connbytes-dir', oneOf(['original', 'reply', 'both']), { required: true }),
  },
});

export const rateMatches: readonly Extension<Understood>[] = [
  connbytes,
  connlimit,
  hashlimit,
  limit,
  rateestMatch,
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
