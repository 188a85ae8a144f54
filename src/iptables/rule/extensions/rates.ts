import { want } from '../../../text/expected.ts';
import { prefixBits } from '../codecs/addresses.ts';
import { integer, largest64, uint32, uint64 } from '../codecs/numbers.ts';
import { printRate, readRate } from '../codecs/rates.ts';
import { cutText, oneOf, spelling } from '../codecs/words.ts';
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
import { hashlimit } from './hashlimit.ts';

const not = { negatable: true };

const limitScale = 10000n;

const limit = understood({
  name: 'limit',
  options: {
    rate: value(
      'limit',
      spelling((text) => {
        const cost = readRate(text, limitScale);
        if (cost === undefined)
          return refuseValue(text, want.either('NUMBER/second', '/minute', '/hour', '/day'));
        return cost === 0n
          ? refuseValue(text, want.thing('at-most-10000-a-second'))
          : printRate(cost, limitScale);
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
    throw new Refusal('option-value', { code: 'rate-uncountable' });
  }
  return { rate, burst };
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
    if (!one)
      throw new Refusal('option-missing', {
        code: 'needs-one-of',
        name: 'connlimit',
        options: ['--connlimit-upto', '--connlimit-above'],
      });
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
  if (more.length > 0) refuseValue(text, want.written('FIRST:LAST'));
  const low = first === '' ? '0' : uint64.read(first, context);
  const high = last === '' ? largest64.toString() : uint64.read(last, context);
  if (high === largest64.toString()) return low;
  return BigInt(high) < BigInt(low) ? refuseValue(text, want.thing('lower-number-first')) : `${low}:${high}`;
});

const connbytes = understood({
  name: 'connbytes',
  options: {
    bytes: value('connbytes', byteRange, { ...not, required: true }),
    mode: value('connbytes-mode', oneOf(['packets', 'bytes', 'avgpkt']), { required: true }),
    direction: value('connbytes-dir', oneOf(['original', 'reply', 'both']), { required: true }),
  },
});

const accountName = cutText(31, 1);

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
        { ...accountName, print: (name: string) => ` ${accountName.print(name)}` },
        { required: true },
      ),
    },
  }),
];
