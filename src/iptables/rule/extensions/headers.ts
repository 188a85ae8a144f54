import { want } from '../../../text/expected.ts';
import { namedMark } from '../codecs/marks.ts';
import { integer, paddedHex, uint8 } from '../codecs/numbers.ts';
import { spelling } from '../codecs/words.ts';
import { readInteger } from '../numbers.ts';
import {
  type Codec,
  type Extension,
  flag,
  refuseValue,
  type Understood,
  understood,
  value,
} from '../syntax.ts';
import { demandOne, demandProtocol } from './demand.ts';
import { ah6, frag, ipv6header, mh, optionHeader, rt, srh } from './ipv6-headers.ts';
import { ah4, esp, ipcomp } from './security.ts';

const not = { negatable: true };

/** One of three options, at least; `NAME-eq` may be negated. */
function comparison(
  name: string,
  prefix: string,
  family: 'ipv4' | 'ipv6',
  more: readonly string[] = [],
): Extension<Understood> {
  const keys = ['eq', 'lt', 'gt'];
  const options = keys.map((key) => {
    const names = key === 'eq' ? [`${prefix}-eq`, ...more] : [`${prefix}-${key}`];
    return [key, value(names, uint8, { negatable: key === 'eq', excludes: keys })] as const;
  });
  return understood({
    name,
    family,
    options: Object.fromEntries(options),
    complete: (given) => demandOne(name, given),
  });
}

const ecnBits = integer(0, 3);

const ecn = understood({
  name: 'ecn',
  options: {
    ece: flag('ecn-tcp-ece', not),
    cwr: flag('ecn-tcp-cwr', not),
    ect: value('ecn-ip-ect', ecnBits, not),
  },
  complete(given, context) {
    demandOne('ecn', given);
    if (given.ece || given.cwr) demandProtocol('tcp', context, '-m ecn for TCP');
    return given;
  },
});

/** RFC 2474, 2597 and 3246. */
const dscpClasses: Readonly<Record<string, number>> = { BE: 0, EF: 0x2e };
const dscpNames = { ...dscpClasses } as Record<string, number>;
for (let high = 0; high < 8; high += 1) dscpNames[`CS${high}`] = high * 8;
for (let high = 1; high < 5; high += 1) {
  for (let low = 1; low < 4; low += 1) dscpNames[`AF${high}${low}`] = high * 8 + low * 2;
}

export const dscpClass: Codec<number> = {
  read: (word) =>
    dscpNames[word.toUpperCase()] ?? refuseValue(word, want.written(Object.keys(dscpNames).join(', '))),
  print: paddedHex(2),
};
export const dscpNumber = integer(0, 63, paddedHex(2));

const dscp = understood({
  name: 'dscp',
  options: {
    number: value('dscp', dscpNumber, { ...not, excludes: ['class'] }),
    class: { ...value('dscp-class', dscpClass, not), prints: 'dscp' },
  },
  complete: (given) => demandOne('dscp', given),
});

/** RFC 1349. */
const tosNames: Readonly<Record<string, number>> = {
  'minimize-delay': 0x10,
  'maximize-throughput': 0x08,
  'maximize-reliability': 0x04,
  'minimize-cost': 0x02,
  'normal-service': 0x00,
};

/** `VALUE/MASK` or a name; the latter with its own mask. */
export function tosMask(namedMask: number): Codec<string> {
  const hex2 = paddedHex(2);
  return spelling((word) => {
    const named = tosNames[word.toLowerCase()];
    if (named !== undefined) return `${hex2(named)}/${hex2(namedMask)}`;
    const [first, mask, ...more] = word.split('/').map(readInteger);
    if (first === undefined || first > 255 || more.length > 0 || (mask ?? 0) > 255) {
      return refuseValue(word, want.orElse(want.thing('masked-byte'), want.thing('name')));
    }
    if (word.includes('/') && mask === undefined) return refuseValue(word, want.thing('masked-byte'));
    return `${hex2(first)}/${hex2(mask ?? 255)}`;
  });
}

/** iproute2's own file of realms names 0 alone. */
const realm = understood({
  name: 'realm',
  family: 'ipv4',
  place: { hooks: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] },
  options: { realm: value('realm', namedMark('cosmos'), { ...not, required: true }) },
});

export const headerMatches: readonly Extension<Understood>[] = [
  ah4,
  ah6,
  comparison('hl', 'hl', 'ipv6', ['hl']),
  comparison('ttl', 'ttl', 'ipv4', ['ttl']),
  dscp,
  ecn,
  esp,
  frag,
  ipcomp,
  ipv6header,
  mh,
  optionHeader('dst'),
  optionHeader('hbh'),
  realm,
  rt,
  srh,
  understood({
    name: 'eui64',
    family: 'ipv6',
    place: { hooks: ['PREROUTING', 'INPUT', 'FORWARD'] },
    options: {},
  }),
  understood({ name: 'tos', options: { tos: value('tos', tosMask(0x3f), { ...not, required: true }) } }),
];
