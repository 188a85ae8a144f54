import { addressBits } from '../../../address/address.ts';
import { want } from '../../../text/expected.ts';
import { integer, uint32 } from '../codecs/numbers.ts';
import { periods, printRate, readRate } from '../codecs/rates.ts';
import { spelling } from '../codecs/words.ts';
import { readWide } from '../numbers.ts';
import {
  type Context,
  flag,
  type Given,
  type Options,
  plain,
  Refusal,
  refuseValue,
  understood,
  value,
} from '../syntax.ts';

const not = { negatable: true };

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
      return cost === 0n ? refuseValue(text, want.thing('rate-above-0')) : { cost, bytes: true, seconds: 15 };
    }
    const cost = readRate(text, hashlimitScale);
    if (cost === undefined || cost === 0n)
      return refuseValue(text, want.either('NUMBER/second', '/minute', '/hour', '/day'));
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

export const burst = spelling((text) => {
  const [, digits = '', unit = ''] = /^(0[xX][0-9a-fA-F]+|\d+)([km]?)/.exec(text) ?? [];
  const number = readWide(digits);
  if (!number) return refuseValue(text, want.thing('number-above-0'));
  return (number * factor(unit)).toString();
});

/** The name of a file in /proc. */
const tableName = spelling((given) =>
  given === '' || given.length > 255 || given.includes('/')
    ? refuseValue(given, want.thing('name-without-slash'))
    : given,
);

const maskLength = spelling((text, context) =>
  String(integer(0, addressBits[context.family]).read(text, context)),
);

export const hashlimit = understood({
  name: 'hashlimit',
  options: {
    upto: { ...value(['hashlimit-upto', 'hashlimit'], hashRate, { ...not, excludes: ['above'] }) },
    above: value('hashlimit-above', hashRate, { ...not, excludes: ['upto'] }),
    burst: value('hashlimit-burst', burst),
    mode: value(
      'hashlimit-mode',
      spelling((text) => {
        const asked = text.split(',');
        if (asked.some((one) => !modes.includes(one))) return refuseValue(text, want.someOf(modes));
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
  if (!rate)
    throw new Refusal('option-missing', {
      code: 'needs-one-of',
      name: 'hashlimit',
      options: ['--hashlimit-upto', '--hashlimit-above'],
    });
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
    throw new Refusal('option-value', { code: 'burst-most' });
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
  if (bytes < unit) throw new Refusal('option-value', { code: 'burst-least', unit: String(unit) });
  return plain(printBurst(((bytes + unit - 1n) / unit) * unit));
}
