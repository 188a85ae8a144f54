import { formatAddress } from '../../address/address.ts';
import type { Symbols } from '../symbols.ts';
import { type DataType, type TypeName, typeOf } from '../types.ts';
import type { PrintStyle } from './style.ts';
import { spellDuration } from './time.ts';

type Spell = (value: number | bigint, style: PrintStyle) => string;

/** Types whose values are neither a number nor a name. */
const special: { readonly [K in TypeName]?: Spell } = {
  ipv4_addr: (value) => formatAddress(Number(value)),
  ipv6_addr: (value) => formatAddress(BigInt(value)),
  ether_addr: (value) => pairs(Number(value)),
  inet_proto: (value, style) => nameOf('inet_proto', value, style.numericProtocols) ?? String(value),
  time: (value, style) => spellDuration(Number(value), style),
  classid: (value) => handle(Number(value)),
  hour: (value) => hour(Number(value)),
  date: (value) => date(BigInt(value)),
  // Of no bit at all nft prints the greatest number instead, which it does not read.
  ct_label: (value) => (BigInt(value) === 0n ? String(2n ** 64n - 1n) : String(bitLength(value) - 1)),
};

/** A value as nft prints it; of a bitmask one that has a name, or a number. */
export function spellValue(type: TypeName, value: number | bigint, style: PrintStyle): string {
  const own = special[type];
  if (own) return own(value, style);
  const name = nameOf(type, value, style.numericSymbols);
  if (name !== undefined) return typeOf(type).quoted ? `"${name}"` : name;
  return spellNumber(typeOf(type), value);
}

function spellNumber({ hex }: DataType, value: number | bigint): string {
  return hex === undefined ? String(value) : `0x${value.toString(16).padStart(hex, '0')}`;
}

const namesOf = new Map<TypeName, ReadonlyMap<number, string>>();

function nameOf(type: TypeName, value: number | bigint, isNumeric: boolean | undefined): string | undefined {
  const { symbols } = typeOf(type);
  if (!symbols || isNumeric) return undefined;
  let names = namesOf.get(type);
  if (!names) {
    names = firstNames(symbols);
    namesOf.set(type, names);
  }
  return names.get(Number(value));
}

function firstNames(symbols: Symbols): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [name, value] of symbols) if (!names.has(value)) names.set(value, name);
  return names;
}

const bitLength = (value: number | bigint) => BigInt(value).toString(2).length;

/** The bits of a mask, each as a value, the lowest first. */
export function bitsOf(value: number | bigint): readonly (number | bigint)[] {
  if (typeof value === 'bigint') {
    const bits: bigint[] = [];
    for (let bit = 1n; bit <= value; bit <<= 1n) if (value & bit) bits.push(bit);
    return bits;
  }
  const bits: number[] = [];
  for (let bit = 1; bit <= value; bit *= 2) if (Math.floor(value / bit) % 2 === 1) bits.push(bit);
  return bits;
}

function pairs(value: number): string {
  const digits = value.toString(16).padStart(12, '0');
  return (digits.match(/../g) as string[]).join(':');
}

function handle(value: number): string {
  if (value === 0xffffffff) return 'root';
  if (value === 0) return 'none';
  return `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

const two = (value: number) => String(value).padStart(2, '0');

function hour(value: number): string {
  const seconds = value % 60;
  const minutes = Math.floor(value / 60);
  const text = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return seconds === 0 ? `"${text}"` : `"${text}:${two(seconds)}"`;
}

/** In the time zone of a node that keeps UTC. */
function date(nanoseconds: bigint): string {
  const text = new Date(Number(nanoseconds / 1_000_000n)).toISOString();
  return `"${text.slice(0, 10)} ${text.slice(11, 19)}"`;
}
