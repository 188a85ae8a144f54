import { type IntegerRange, integerRange } from '../codecs/numbers.ts';
import { flag, type Option, type OptionRules, understood, value } from '../syntax.ts';
import { demandProtocol } from './demand.ts';

const not = { negatable: true };

/** Security parameter indexes and the like: a range of 32 bits that says nothing where it is all of them. */
export function wideRange(name: string, rules: OptionRules = not): Option<IntegerRange> {
  return {
    ...value(name, integerRange(0xffffffff), rules),
    hides: ({ first, last }) => first === 0 && last === 0xffffffff,
  };
}

/** IPv6 has it as a header among others, IPv4 as a protocol. */
export const ah4 = understood({
  name: 'ah',
  family: 'ipv4',
  options: { spi: wideRange('ahspi') },
  complete(given, context) {
    demandProtocol('ah', context);
    return given;
  },
});

export const esp = understood({
  name: 'esp',
  options: { spi: wideRange('espspi') },
  complete(given, context) {
    demandProtocol('esp', context);
    return given;
  },
});

export const ipcomp = understood({
  name: 'ipcomp',
  options: { spi: wideRange('ipcompspi'), reserved: flag('compres') },
  complete(given, context) {
    demandProtocol('ipcomp', context);
    return given;
  },
});
