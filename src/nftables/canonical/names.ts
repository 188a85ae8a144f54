import type { Expression, Payload } from '../expression.ts';
import { type HeaderField, headers } from '../headers.ts';
import { bitLength, lowestBit } from './bits.ts';
import { icmpTypeOf, lengthOf, type ProtocolContext } from './context.ts';

export type Raw = Extract<Expression, { kind: 'raw' }>;

/** A header in which a place lies, and the place in it. */
interface Within {
  readonly header: string;
  readonly offset: number;
  readonly before: number;
}

/** The header that is known at the layer of a place; of the link layer the one in the stack that reaches so far. */
function headerAt({ base, offset }: Raw, context: ProtocolContext): Within | null {
  if (base === 'ih') return null;
  const header = context.at[base];
  if (header === null || header === 'unknown' || !headers[header]) return null;
  if (base !== 'll' || offset < lengthOf(header)) return { header, offset, before: 0 };
  let before = 0;
  for (const stacked of context.stacked) {
    if (offset - before < lengthOf(stacked)) return { header: stacked, offset: offset - before, before };
    before += lengthOf(stacked);
  }
  return { header, offset: offset - before, before };
}

const fieldsOf = (header: string): readonly (readonly [string, HeaderField])[] =>
  Object.entries(headers[header]?.fields ?? {});

/** Fields of ICMP are there for some of its types only. */
function isOfType(header: string, field: string, { icmpType }: ProtocolContext): boolean {
  const type = icmpTypeOf({ kind: 'payload', header, field });
  return type === undefined || icmpType === 0 || icmpType === type;
}

/** Ports have names where the transport protocol is not known, too. */
function asPort(raw: Raw): Payload | Raw {
  if (raw.base !== 'th' || raw.length !== 16 || (raw.offset !== 0 && raw.offset !== 16)) return raw;
  return { kind: 'payload', header: 'th', field: raw.offset === 0 ? 'sport' : 'dport' };
}

/** The field of the known header that lies just there; else the place. */
export function nameField(raw: Raw, context: ProtocolContext): Payload | Raw {
  const within = headerAt(raw, context);
  if (!within) return asPort(raw);
  for (const [field, [, offset, bits]] of fieldsOf(within.header)) {
    if (offset === within.offset && bits === raw.length && isOfType(within.header, field, context))
      return { kind: 'payload', header: within.header, field };
  }
  return asPort(raw);
}

/** A part of a load: a field, the first bits of one, or bytes that no field covers. */
export interface Piece {
  readonly field: Payload | Raw;
  readonly bits: number;
  /** Bits of the field, where the piece is shorter. */
  readonly of?: number;
}

/** The fields that a load covers one after the other. */
export function splitLoad(raw: Raw, context: ProtocolContext): readonly Piece[] {
  const pieces: Piece[] = [];
  const within = headerAt(raw, context);
  let { offset } = within ?? raw;
  let left = raw.length;
  for (const [field, [, start, bits]] of within ? fieldsOf(within.header) : []) {
    if (start !== offset || !isOfType((within as Within).header, field, context)) continue;
    const named: Payload = { kind: 'payload', header: (within as Within).header, field };
    if (bits > left) {
      pieces.push({ field: named, bits: left, of: bits });
      return pieces;
    }
    pieces.push({ field: named, bits });
    offset += bits;
    left -= bits;
    if (left === 0) return pieces;
  }
  pieces.push({ field: asPort({ ...raw, offset, length: left }), bits: left });
  return pieces;
}

/** Where a mask selects just a field: its place, and how far its bits are from the end. */
export function trimToField(
  raw: Raw,
  mask: bigint,
  context: ProtocolContext,
): { readonly raw: Raw; readonly shift: number } | null {
  const within = headerAt(raw, context);
  if (!within || mask === 0n) return null;
  const shift = lowestBit(mask);
  const run = mask >> BigInt(shift);
  const reach = shift + lowestBit(~run & ((1n << BigInt(bitLength(run) + 1)) - 1n));
  const skipped = raw.length - reach;
  let offset = within.offset + skipped;
  let [left, length] = [raw.length, 0];
  for (const [, [, start, bits]] of fieldsOf(within.header)) {
    if (start !== offset) continue;
    if (bits > left) return null;
    left -= bits;
    offset += bits;
    length += bits;
    if (left === 0) return null;
    if (shift + length === reach) return { raw: { ...raw, offset: raw.offset + skipped, length }, shift };
  }
  return null;
}
