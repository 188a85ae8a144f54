import { want } from '../../../text/expected.ts';
import type { Expression, Payload, SetElement } from '../../expression.ts';
import { fieldType, isField } from '../../fields.ts';
import { Refusal } from '../../refusal.ts';
import type { Statement } from '../../statement.ts';
import { foldBits, ones } from '../bits.ts';
import { canonicalElements } from '../sets.ts';
import { big, binary, swapSides, transfer } from './comparison.ts';
import { type Protocols, placeOf } from './protocols.ts';
import {
  checkCompared,
  checkFamilyIsSaid,
  checkFib,
  checkLoaded,
  checkMeta,
  checkRouted,
  checkTracking,
} from './refused.ts';

/** Fields of headers become places in a layer. */
export class Expressions {
  private readonly protocols: Protocols;

  constructor(protocols: Protocols) {
    this.protocols = protocols;
  }

  /** An expression as the kernel gets it. */
  lower(expression: Expression): Expression {
    switch (expression.kind) {
      case 'payload':
        return this.field(expression);
      case 'raw':
        return bytesOf(expression);
      case 'meta':
        checkMeta(expression.key, this.protocols.context.family);
        return expression;
      case 'socket':
      case 'ipsec':
        checkRouted(this.protocols.context.family, expression.kind);
        return expression;
      case 'exthdr':
        this.protocols.needNetwork('ip6');
        return expression;
      case 'option':
        if (expression.of === 'ip') this.protocols.needNetwork('ip');
        return expression;
      case 'concat':
        return { kind: 'concat', parts: expression.parts.map((part) => this.part(part)) };
      case 'binary':
        return foldBits({ ...expression, left: this.lower(expression.left) });
      case 'map':
        return { kind: 'map', ...this.lookup(expression.key, expression.map) };
      case 'hash':
        return expression.of ? { ...expression, of: this.lower(expression.of) } : expression;
      case 'set':
        return this.set(expression);
      case 'ct':
        return this.connection(expression);
      case 'rt':
        return this.route(expression);
      case 'fib':
        checkFib(expression);
        return expression;
      default:
        return expression;
    }
  }

  /** One of several fields of a key. */
  private part(part: Expression): Expression {
    if (part.kind === 'fib' && part.result === 'oifname')
      throw new Refusal('fib … oifname has no length that is known, and is no part of a key');
    const isText = isField(part) && fieldType(part)?.type === 'string';
    if (isText) throw new Refusal('a text is of any length, and no part of a key');
    checkFamilyIsSaid(part);
    return this.lower(part);
  }

  /** A field as it is loaded: whole bytes, of which a mask and a shift leave the bits. */
  private field(payload: Payload): Expression {
    return bytesOf(placeOf(payload, this.protocols.need(payload)));
  }

  /** Of the protocols of a connection the kernel does not tell the direction again. */
  private connection(ct: Extract<Expression, { kind: 'ct' }>): Expression {
    const { direction, ...rest } = ct;
    if (ct.key === 'event') throw new Refusal('the kernel does not tell events, which are set alone');
    checkTracking(this.protocols.context.family, `ct ${ct.key}`);
    if (ct.key === 'protocol' || ct.key === 'l3proto') return rest;
    const network = this.protocols.context.at.nh;
    if (ct.family !== undefined && (network === 'ip' || network === 'ip6') && network !== ct.family)
      throw new Refusal(`ct ${ct.family} ${ct.key} contradicts ${network}`);
    if ((ct.key === 'proto-src' || ct.key === 'proto-dst') && this.protocols.context.at.th === null)
      throw new Refusal(`the protocol of ct ${ct.key} is not known`, want.thing('transport-match-before'));
    const isAddress = ct.key === 'saddr' || ct.key === 'daddr';
    if (!isAddress || ct.family !== undefined || direction === undefined) return ct;
    if (network !== 'ip' && network !== 'ip6')
      throw new Refusal(
        `the protocol of ct ${ct.key} is not known`,
        want.orElse(`ct ${direction} ip ${ct.key}`, 'ip6'),
      );
    return { ...ct, family: network, isImplied: true };
  }

  /** The next hop is of the network that the rule asks for. */
  private route(rt: Extract<Expression, { kind: 'rt' }>): Expression {
    if (rt.key !== 'nexthop') return rt;
    const { family, at } = this.protocols.context;
    if (rt.family) {
      if ((family === 'ip' || family === 'ip6') && family !== rt.family)
        throw new Refusal(`rt ${rt.family} nexthop contradicts ${family}`);
      // It becomes that of IPv6 then, of which an address of IPv4 is none; the other one stays what it is.
      if (at.nh === 'ip6' && rt.family === 'ip') throw new Refusal('rt ip nexthop contradicts ip6');
      return rt;
    }
    if (at.nh !== 'ip' && at.nh !== 'ip6')
      throw new Refusal(
        'the protocol of rt nexthop is not known',
        want.orElse('rt ip nexthop', 'rt ip6 nexthop'),
      );
    return { ...rt, family: at.nh };
  }

  /** The elements in the order of the field's values. */
  set(set: Extract<Expression, { kind: 'set' }>, field?: Expression): Expression {
    return { ...set, elements: canonicalElements(set.elements, field) };
  }

  lookup(key: Expression, map: Expression) {
    checkFamilyIsSaid(key);
    const left = this.lower(key);
    const right = map.kind === 'set' ? this.set(map, key) : this.lower(map);
    return right.kind === 'set' ? swapSides(transfer(left, right)) : { key: left, map: right };
  }

  /** What a statement sets. */
  target<T extends Expression>(target: T): T {
    if (target.kind === 'ct') checkTracking(this.protocols.context.family, `ct ${target.key}`);
    if (target.kind !== 'payload') return target;
    const before = this.protocols.need(target);
    return before === 0 ? target : (placeOf(target, before) as Expression as T);
  }

  element(element: SetElement): SetElement {
    const key = this.lower(element.key);
    return { ...element, key, ...(element.data && { data: this.lower(element.data) }) };
  }
}

type Setting = Extract<Statement, { kind: 'set' }>;

/** Bits within bytes are written among those that stay. */
export function wholeSetting(setting: Setting): Setting {
  const { target, value } = setting;
  if (target.kind !== 'raw' || value.kind !== 'value') return setting;
  const inByte = target.offset % 8;
  const width = Math.ceil((inByte + target.length) / 8) * 8;
  if (width === target.length) return setting;
  const shift = width - inByte - target.length;
  const [own, bits] = [ones(target.length) << BigInt(shift), BigInt(value.value) << BigInt(shift)];
  const raw = { ...target, offset: target.offset - inByte, length: width };
  const kept = binary('&', raw, big(ones(width) ^ own ^ bits));
  return { ...setting, target: raw, value: bits === 0n ? kept : binary('|', kept, big(bits)) };
}

/** Whole bytes around a place, of which a mask and a shift leave its bits. */
function bytesOf({ base, offset, length }: Extract<Expression, { kind: 'raw' }>): Expression {
  const isWhole = offset % 8 === 0 && length % 8 === 0;
  const inByte = offset % 8;
  if (isWhole) checkLoaded(offset, length);
  else checkCompared(offset, inByte + length);
  if (isWhole) return { kind: 'raw', base, offset, length };
  let shift = Math.ceil(length / 8) * 8 - (inByte + length);
  while (shift < 0) shift += 8;
  const width = inByte + length + shift;
  const raw: Expression = { kind: 'raw', base, offset: offset - inByte, length: width };
  const mask = ones(length) << BigInt(shift);
  const masked = binary('&', raw, big(mask));
  return shift === 0 ? masked : binary('>>', masked, big(BigInt(shift)));
}
