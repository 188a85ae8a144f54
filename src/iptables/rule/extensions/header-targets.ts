import { want } from '../../../text/expected.ts';
import { integer, paddedHex, uint8 } from '../codecs/numbers.ts';
import { spelling } from '../codecs/words.ts';
import { readInteger } from '../numbers.ts';
import { type Extension, flag, plain, refuseValue, type Understood, understood, value } from '../syntax.ts';
import { demandOne, demandProtocol } from './demand.ts';
import { dscpClass, dscpNumber, tosMask } from './headers.ts';

export const mangle = { tables: ['mangle'] } as const;

/** `TTL` and `HL`: to set, decrease or increase. */
export function hopLimit(name: 'TTL' | 'HL'): Extension<Understood> {
  const prefix = name.toLowerCase();
  const keys = ['set', 'dec', 'inc'];
  return understood({
    name,
    family: name === 'TTL' ? 'ipv4' : 'ipv6',
    place: mangle,
    options: Object.fromEntries(
      keys.map((key) => [
        key,
        value(`${prefix}-${key}`, key === 'set' ? uint8 : integer(1, 255), { excludes: keys }),
      ]),
    ),
    complete: (given) => demandOne(name, given),
  });
}

const flagBit = integer(0, 1);

export const ecn = understood({
  name: 'ECN',
  family: 'ipv4',
  place: mangle,
  options: {
    remove: flag('ecn-tcp-remove', { excludes: ['cwr', 'ece'] }),
    ece: value('ecn-tcp-ece', flagBit, { excludes: ['remove'] }),
    cwr: value('ecn-tcp-cwr', flagBit, { excludes: ['remove'] }),
    ect: value('ecn-ip-ect', integer(0, 3)),
  },
  complete(given, context) {
    demandOne('ECN', given);
    if (given.remove || given.ece || given.cwr) demandProtocol('tcp', context, '-j ECN for TCP');
    const { ece, cwr, ect } = given;
    const clears = ece?.value === 0 && cwr?.value === 0 && !ect;
    return clears ? { remove: plain(true) } : given;
  },
});

const tcpOptions: Readonly<Record<string, number>> = {
  wscale: 3,
  mss: 2,
  'sack-permitted': 4,
  sack: 5,
  timestamp: 8,
  md5: 19,
};

export const strip = understood({
  name: 'TCPOPTSTRIP',
  place: mangle,
  options: {
    options: value(
      'strip-options',
      spelling((given) => {
        const asked = given.split(',').map((one) => tcpOptions[one] ?? readInteger(one) ?? -1);
        if (asked.some((one) => one < 2 || one > 255) || new Set(asked).size < asked.length) {
          return refuseValue(given, want.thing('tcp-options-once'));
        }
        return asked.sort((left, right) => left - right).join();
      }),
    ),
  },
  complete(given, context) {
    demandProtocol('tcp', context, '-j TCPOPTSTRIP');
    return given;
  },
});

const hex2 = paddedHex(2);
const tosExclusions = (key: string) => ({
  excludes: ['set', 'and', 'or', 'xor'].filter((one) => one !== key),
});
const tosBits = (name: string, key: string, print: (bits: number) => string) => ({
  ...value(name, integer(0, 255, print), tosExclusions(key)),
  prints: 'set-tos',
});

export const tos = understood({
  name: 'TOS',
  place: mangle,
  options: {
    set: value('set-tos', tosMask(0x3f), tosExclusions('set')),
    and: tosBits('and-tos', 'and', (bits) => `0x00/${hex2(~bits & 255)}`),
    or: tosBits('or-tos', 'or', (bits) => `${hex2(bits)}/${hex2(bits)}`),
    xor: tosBits('xor-tos', 'xor', (bits) => `${hex2(bits)}/0x00`),
  },
  complete: (given) => demandOne('TOS', given),
});

export const dscp = understood({
  name: 'DSCP',
  place: mangle,
  options: {
    number: value('set-dscp', dscpNumber, { excludes: ['class'] }),
    class: { ...value('set-dscp-class', dscpClass), prints: 'set-dscp' },
  },
  complete: (given) => demandOne('DSCP', given),
});
