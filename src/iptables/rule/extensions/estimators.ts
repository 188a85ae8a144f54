import { want } from '../../../text/expected.ts';
import { uint32 } from '../codecs/numbers.ts';
import { cutText, spelling, word } from '../codecs/words.ts';
import type { Negatable } from '../match.ts';
import {
  type Codec,
  type Extension,
  extension,
  flag,
  type Option,
  plain,
  Refusal,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';

// Rate estimators: the target RATEEST feeds them, the match rateest compares them.

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

const bitRate = spelling((given) => {
  const [, number, unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(given) ?? [];
  const size = unit === '' ? 1 : bitUnits[unit.toLowerCase()];
  if (number === undefined || size === undefined)
    return refuseValue(given, want.suchAs('1mbit', want.thing('rate')));
  const bits = Math.floor((Number(number) * size) / 8) * 8;
  if (bits >= 1e9) return `${(bits / 1e6).toFixed(0)}Mbit`;
  return bits >= 1e6 ? `${(bits / 1e3).toFixed(0)}Kbit` : `${bits.toFixed(0)}bit`;
});

const packetRate: Codec<string> = {
  read: (given, context) => String(uint32.read(given, context)),
  print: (rate) => rate,
};

/** Where two estimators are compared the option stands alone. */
function rateOption(name: string, codec: Codec<string>, nothing: string): Option<string> {
  return {
    ...value(name, codec),
    optional: true,
    read: ([given], context) => (given === undefined ? nothing : codec.read(given, context)),
  };
}

const bits = (name: string) => rateOption(name, bitRate, '0bit');
const packets = (name: string) => rateOption(name, packetRate, '0');
const estimatorName = { ...cutText(15, 1), print: word.print };
const orders = ['lt', 'gt', 'eq'] as const;
const order = (key: string) => flag(`rateest-${key}`, { negatable: true, excludes: orders });

export const rateestMatch: Extension<Understood> = extension({
  name: 'rateest',
  options: {
    delta: flag('rateest-delta'),
    absolute: value('rateest', estimatorName, { excludes: ['first'] }),
    first: value('rateest1', estimatorName),
    second: value('rateest2', estimatorName),
    bps1: bits('rateest-bps1'),
    pps1: packets('rateest-pps1'),
    bps2: bits('rateest-bps2'),
    pps2: packets('rateest-pps2'),
    bps: bits('rateest-bps'),
    pps: packets('rateest-pps'),
    lt: order('lt'),
    gt: order('gt'),
    eq: order('eq'),
  },
  build(given): Understood {
    const name = given.absolute ?? given.first;
    const by = orders.find((one) => given[one]);
    if (!name || !by) throw new Refusal('option-missing', { code: 'rateest-estimator' });
    const comparison = {
      order: given[by]?.negated ? ['!', `--rateest-${by}`] : [`--rateest-${by}`],
      delta: given.delta !== undefined,
      alone: given.second === undefined,
    };
    const words = [
      ...comparisonWords('bps', given.bps1, given.bps2 ?? given.bps, '0bit', comparison),
      ...comparisonWords('pps', given.pps1, given.pps2 ?? given.pps, '0', comparison),
    ];
    if (words.length === 0) throw new Refusal('option-missing', { code: 'rateest-rate' });
    return {
      kind: 'other',
      name: 'rateest',
      words: [
        ...(given.delta ? ['--rateest-delta'] : []),
        ...(given.second ? ['--rateest1', name.value, ...words, '--rateest2', given.second.value] : []),
        ...(given.second ? [] : ['--rateest', name.value, ...words]),
      ],
      understood: true,
    };
  },
  take: () => ({}),
  words: (one) => one.words,
});

interface Comparison {
  readonly order: readonly string[];
  readonly delta: boolean;
  /** One estimator is compared with a number. */
  readonly alone: boolean;
}

/** What is printed of one unit: its two numbers where differences are compared, none where two estimators are. */
function comparisonWords(
  unit: 'bps' | 'pps',
  first: Negatable<string> | undefined,
  last: Negatable<string> | undefined,
  nothing: string,
  { order, delta, alone }: Comparison,
): string[] {
  if (!first && !last) return [];
  const number = last?.value ?? nothing;
  if (delta) return [`--rateest-${unit}1`, first?.value ?? nothing, ...order, `--rateest-${unit}2`, number];
  return alone ? [...order, `--rateest-${unit}`, number] : [...order, `--rateest-${unit}`];
}

// The kernel keeps powers of two of quarters of a second.

const microseconds = spelling((given) => {
  const [, number, unit = 'us'] = /^([\d.]+)([a-z]*)$/i.exec(given) ?? [];
  const size = { s: 1e6, sec: 1e6, secs: 1e6, ms: 1e3, msec: 1e3, msecs: 1e3, us: 1, usec: 1, usecs: 1 }[
    (unit || 'us').toLowerCase()
  ];
  if (number === undefined || size === undefined)
    return refuseValue(given, want.suchAs('500ms', want.thing('time')));
  return String(Math.floor(Number(number) * size));
});

function printTime(time: number): string {
  if (time >= 1e6) return `${(time / 1e6).toFixed(1)}s`;
  return time >= 1e3 ? `${(time / 1e3).toFixed(1)}ms` : `${time}us`;
}

export const rateestTarget = understood({
  name: 'RATEEST',
  options: {
    name: value('rateest-name', { ...cutText(15), print: word.print }, { required: true }),
    interval: value('rateest-interval', microseconds, { required: true }),
    log: value('rateest-ewmalog', microseconds, { required: true }),
  },
  complete(given) {
    const interval = Number(given.interval?.value);
    const average = Number(given.log?.value);
    let power = 0;
    while (power <= 5 && interval > 2 ** power * 250_000) power += 1;
    if (power > 5) throw new Refusal('option-value', { code: 'rateest-interval' });
    let log = 1;
    while (log < 32 && interval / -Math.log(1 - 1 / 2 ** log) <= average) log += 1;
    log -= 1;
    if (log === 0 || log >= 31) throw new Refusal('option-value', { code: 'rateest-ewmalog' });
    const shown = 2 ** power * 250_000;
    return { ...given, interval: plain(printTime(shown)), log: plain(printTime(shown * 2 ** log)) };
  },
});
