import { type Address, addressBits } from '../../../address/address.ts';
import { prefixMask } from '../../../address/subnet.ts';
import { want } from '../../../text/expected.ts';
import { addressHost } from '../codecs/addresses.ts';
import { integer, readDecimal, uint16, uint32 } from '../codecs/numbers.ts';
import { oneOf, text } from '../codecs/words.ts';
import { type RecentMatch, type StatisticMatch, statisticScale } from '../match.ts';
import {
  type Codec,
  extension,
  flag,
  lastOf,
  maybe,
  plain,
  Refusal,
  refuseValue,
  value,
  when,
} from '../syntax.ts';

const not = { negatable: true };

/** A threshold of 31 bits, spelt as a fraction: the kernel keeps the former. */
const probability: Codec<number> = {
  read(word) {
    const fraction = readDecimal(word);
    if (fraction === undefined || fraction < 0 || fraction > 1) return refuseValue(word, want.range(0, 1));
    return Math.round(fraction * statisticScale);
  },
  print: (threshold) => (threshold / statisticScale).toFixed(11),
};

export const statistic = extension({
  name: 'statistic',
  options: {
    mode: value('mode', oneOf(['random', 'nth']), { required: true }),
    threshold: value('probability', probability, { ...not, excludes: ['every', 'packet'] }),
    every: value('every', integer(1, 0xffffffff), { ...not, needs: ['packet'] }),
    packet: value('packet', uint32, { needs: ['every'] }),
  },
  build({ mode, threshold, every, packet }): StatisticMatch {
    if (mode?.value === 'random') {
      if (!threshold)
        throw new Refusal('option-missing', {
          code: 'needs',
          option: '--mode random',
          other: '--probability',
        });
      return { kind: 'statistic', mode: 'random', negated: threshold.negated, threshold: threshold.value };
    }
    if (!every || !packet)
      throw new Refusal('option-missing', {
        code: 'needs-all',
        name: '--mode nth',
        options: ['--every', '--packet'],
      });
    if (packet.value >= every.value) {
      throw new Refusal('option-value', { code: 'packet-below-every' }, want.range(0, every.value - 1));
    }
    return {
      kind: 'statistic',
      mode: 'nth',
      negated: every.negated,
      every: every.value,
      packet: packet.value,
    };
  },
  take: (match) =>
    match.mode === 'random'
      ? { mode: plain(match.mode), threshold: { value: match.threshold, negated: match.negated } }
      : {
          mode: plain(match.mode),
          every: { value: match.every, negated: match.negated },
          packet: plain(match.packet),
        },
});

/** The kernel's directory entry, without its end. */
const listName: Codec<string> = {
  ...text(199),
  read: (word) =>
    word === '' || word.slice(0, 199).includes('/')
      ? refuseValue(word, want.thing('name-without-slash'))
      : word.slice(0, 199),
};

const actions = ['set', 'rcheck', 'update', 'remove'] as const;
const others = (action: string) => ({ ...not, excludes: actions.filter((one) => one !== action) });

function fullMask(family: 'ipv4' | 'ipv6'): Address {
  return prefixMask(family, addressBits[family]);
}

export const recent = extension({
  name: 'recent',
  options: {
    set: flag('set', others('set')),
    rcheck: flag('rcheck', others('rcheck')),
    update: flag('update', others('update')),
    remove: flag('remove', others('remove')),
    seconds: value('seconds', integer(1, 0xffffffff)),
    reap: flag('reap', { needs: ['seconds'] }),
    hitcount: value('hitcount', uint16),
    ttl: flag('rttl', { excludes: ['set', 'remove'] }),
    name: value('name', { ...listName, print: (word: string) => word }),
    mask: value('mask', addressHost),
    source: flag('rsource'),
    destination: flag('rdest'),
  },
  build(given, { family }): RecentMatch {
    const action = actions.find((one) => given[one]);
    const asks = action === 'rcheck' || action === 'update';
    if (action && !asks && (given.seconds || given.hitcount?.value)) {
      throw new Refusal('option-conflict', {
        code: 'excludes-both',
        option: `--${action}`,
        others: ['--seconds', '--hitcount'],
      });
    }
    if (!action)
      throw new Refusal('option-missing', {
        code: 'needs',
        option: 'recent',
        other: `--${actions.join(', --')}`,
      });
    return {
      kind: 'recent',
      negated: given[action]?.negated ?? false,
      action,
      ...(given.seconds && { seconds: given.seconds.value }),
      reap: given.reap !== undefined,
      ...(given.hitcount?.value && { hitcount: given.hitcount.value }),
      ttl: given.ttl !== undefined,
      name: given.name?.value ?? 'DEFAULT',
      mask: given.mask?.value ?? fullMask(family),
      side: lastOf(given, ['source', 'destination']) === 'destination' ? 'destination' : 'source',
    };
  },
  take: (match) => ({
    [match.action]: { value: true, negated: match.negated },
    seconds: maybe(match.seconds),
    reap: when(match.reap),
    hitcount: maybe(match.hitcount),
    ttl: when(match.ttl),
    name: plain(match.name),
    mask: plain(match.mask),
    source: when(match.side === 'source'),
    destination: when(match.side === 'destination'),
  }),
});
