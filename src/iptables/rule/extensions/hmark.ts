import { want } from '../../../text/expected.ts';
import { prefixBits } from '../codecs/addresses.ts';
import { integer, paddedHex, uint32 } from '../codecs/numbers.ts';
import { spelling } from '../codecs/words.ts';
import {
  type Context,
  type Given,
  type Options,
  plain,
  Refusal,
  refuseValue,
  understood,
  value,
} from '../syntax.ts';

const hex4 = integer(0, 0xffff, paddedHex(4));
const hex8 = integer(0, 0xffffffff, paddedHex(8));

const tupleNames = ['src', 'dst', 'sport', 'dport', 'proto', 'spi', 'ct'];

export const hmark = understood({
  name: 'HMARK',
  options: {
    source: value('hmark-src-prefix', prefixBits),
    destination: value('hmark-dst-prefix', prefixBits),
    sportMask: value('hmark-sport-mask', hex4, { excludes: ['spiMask'] }),
    dportMask: value('hmark-dport-mask', hex4, { excludes: ['spiMask'] }),
    spiMask: value('hmark-spi-mask', hex8),
    sport: value('hmark-sport', hex4),
    dport: value('hmark-dport', hex4),
    spi: value('hmark-spi', hex8),
    protoMask: value('hmark-proto-mask', integer(0, 0xffff, paddedHex(2))),
    random: value('hmark-rnd', hex8, { required: true }),
    modulus: value('hmark-mod', integer(1, 0xffffffff), { required: true }),
    offset: value('hmark-offset', uint32),
    tuple: value(
      'hmark-tuple',
      spelling((given) => {
        const asked = given.split(',');
        return asked.every((one) => tupleNames.includes(one))
          ? given
          : refuseValue(given, want.written(tupleNames.join()));
      }),
    ),
  },
  complete: completeHmark,
});

/** A tuple is printed as the masks that it stands for, `ct` alone by its name. */
function completeHmark({ tuple, ...given }: Given<Options>, { family }: Context): Given<Options> {
  const whole = plain(family === 'ipv4' ? '32' : '128');
  const asked = ((tuple?.value as string | undefined) ?? '').split(',');
  const masks = ['source', 'destination', 'sportMask', 'dportMask', 'spiMask', 'protoMask'];
  if (!tuple && !masks.some((mask) => given[mask]))
    throw new Refusal('option-missing', { code: 'needs', option: 'HMARK', other: '--hmark-tuple' });
  return {
    ...given,
    ...(asked.includes('src') && { source: whole }),
    ...(asked.includes('dst') && { destination: whole }),
    ...(asked.includes('proto') && { protoMask: plain(0xffff) }),
    ...(asked.includes('sport') && { sportMask: plain(0xffff) }),
    ...(asked.includes('dport') && { dportMask: plain(0xffff) }),
    ...(asked.includes('spi') && { spiMask: plain(0xffffffff) }),
    ...(asked.includes('ct') && { tuple: plain('ct') }),
  };
}
