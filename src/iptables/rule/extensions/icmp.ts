import { want } from '../../../text/expected.ts';
import type { IcmpMatch } from '../match.ts';
import { readInteger } from '../numbers.ts';
import { type Codec, type Extension, extension, refuseValue, value } from '../syntax.ts';
import { demandProtocol } from './demand.ts';
import { type IcmpTypes, icmp6Types, icmpTypes } from './icmp-types.ts';

type Type = Pick<IcmpMatch, 'type' | 'code'>;

const anyCode = { first: 0, last: 255 };
/** The type of `--icmp-type any`. */
const anyType = 255;

/** A name or the beginning of one alone, or `TYPE`, or `TYPE/CODE`. */
function typeCodec(names: IcmpTypes, print: (type: Type) => string): Codec<Type> {
  return {
    read(text) {
      const [found, another] = names.filter(([name]) => name.toLowerCase().startsWith(text.toLowerCase()));
      if (another) return refuseValue(text, want.thing('one-type', found?.[0] ?? '', another[0]));
      if (!found) return readNumbers(text);
      const [, type, code] = found;
      return { type, code: code === undefined ? anyCode : { first: code, last: code } };
    },
    print,
  };
}

function readNumbers(text: string): Type {
  const [type = '', codes, ...rest] = text.split('/');
  if (rest.length > 0) return refuseValue(text, want.either('TYPE', 'TYPE/CODE'));
  const [first, last = first, ...more] = codes?.split(':') ?? [];
  if (more.length > 0) return refuseValue(text, want.written('TYPE/CODE'));
  const code =
    first === undefined ? anyCode : { first: readOctet(first, text), last: readOctet(last as string, text) };
  return { type: readOctet(type, text), code };
}

function readOctet(part: string, text: string): number {
  const number = readInteger(part);
  return number === undefined || number > 255
    ? refuseValue(text, want.either(want.range(0, 255, 'type'), 'TYPE/CODE', want.thing('name')))
    : number;
}

function printNumbers({ type, code }: Type): string {
  return code.first === 0 && code.last === 255 ? String(type) : `${type}/${code.first}`;
}

function icmpExtension(
  kind: IcmpMatch['kind'],
  protocol: string,
  option: string,
  codec: Codec<Type>,
): Extension<IcmpMatch> {
  return extension({
    name: kind,
    family: kind === 'icmp' ? 'ipv4' : 'ipv6',
    options: { type: value(option, codec, { negatable: true, required: true }) },
    build({ type }, context): IcmpMatch {
      demandProtocol(protocol, context, `-m ${kind}`);
      const { value, negated } = type as NonNullable<typeof type>;
      return { kind, negated, ...value };
    },
    take: (match) => ({ type: { value: match, negated: match.negated } }),
  });
}

export const icmp = icmpExtension(
  'icmp',
  'icmp',
  'icmp-type',
  typeCodec([['any', anyType], ...icmpTypes.filter(([name]) => name !== 'any')], (type) =>
    type.type === anyType ? 'any' : printNumbers(type),
  ),
);
export const icmp6 = icmpExtension('icmp6', 'ipv6-icmp', 'icmpv6-type', typeCodec(icmp6Types, printNumbers));
