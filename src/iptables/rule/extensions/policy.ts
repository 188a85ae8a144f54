import { want } from '../../../text/expected.ts';
import { shortHostMask } from '../codecs/addresses.ts';
import { hex, integer, uint32 } from '../codecs/numbers.ts';
import { oneOf, spelling } from '../codecs/words.ts';
import { protocolName, readProtocol } from '../protocols.ts';
import {
  flag,
  type Given,
  inwardHooks,
  type Option,
  type Options,
  outwardHooks,
  plain,
  printerOf,
  Refusal,
  refuseValue,
  understood,
  value,
} from '../syntax.ts';

const not = { negatable: true };

// IPsec policy: options of one element after the other, `--next` between them.

const policyFields = ['reqid', 'spi', 'proto', 'mode', 'tunnel-dst', 'tunnel-src'] as const;

const policyElement: Options = {
  reqid: value('reqid', uint32, not),
  spi: value('spi', integer(0, 0xffffffff, hex), not),
  proto: value(
    'proto',
    spelling((one) => {
      const name = protocolName(readProtocol(one));
      return ['ah', 'esp', 'ipcomp'].includes(name)
        ? name
        : refuseValue(one, want.either('ah', 'esp', 'ipcomp'));
    }),
    not,
  ),
  mode: value('mode', oneOf(['transport', 'tunnel']), not),
  'tunnel-dst': value('tunnel-dst', shortHostMask, not),
  'tunnel-src': value('tunnel-src', shortHostMask, not),
};

const printElement = printerOf(policyElement);

/** `--next` begins another element; the first one stands in the options themselves, all others in its value. */
const next: Option<readonly Given<Options>[]> = {
  names: ['next'],
  arity: 0,
  needs: ['strict'],
  repeatable: true,
  separates: policyFields,
  read: () => [],
  print: (elements) => elements.map(printElement).join(' --next'),
};

export const policy = understood({
  name: 'policy',
  place: ({ words }) => ({ hooks: words[1] === 'in' ? inwardHooks : outwardHooks }),
  options: {
    direction: value('dir', oneOf(['in', 'out']), { required: true }),
    policy: value('pol', oneOf(['none', 'ipsec'])),
    strict: flag('strict'),
    ...policyElement,
    next,
  },
  complete: completePolicy,
});

function completePolicy({ direction, policy, strict, next, ...last }: Given<Options>): Given<Options> {
  const none = policy?.value === 'none';
  const elements = [...((next?.value as Given<Options>[] | undefined) ?? []), last];
  if (none && strict)
    throw new Refusal('option-conflict', { code: 'excludes', option: '--pol none', other: '--strict' });
  if (strict && elements.some((element) => Object.keys(element).length === 0)) {
    throw new Refusal('option-missing', { code: 'strict-elements' });
  }
  if (elements.length > 4) throw new Refusal('option-conflict', { code: 'policy-elements' });
  for (const { mode, ...element } of elements) {
    const tunnel = mode !== undefined && (mode.value === 'tunnel') !== mode.negated;
    if ((element['tunnel-src'] || element['tunnel-dst']) && !tunnel) {
      throw new Refusal('option-needs', {
        code: 'both-need',
        options: ['--tunnel-src', '--tunnel-dst'],
        other: '--mode tunnel',
      });
    }
  }
  const [first, ...others] = elements;
  return {
    direction,
    policy: policy ?? plain('ipsec'),
    strict,
    ...(none ? {} : first),
    next: others.length === 0 ? undefined : plain(others),
  };
}
