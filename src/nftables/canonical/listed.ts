import type { Constant, Expression, Field, Payload, SetElement, Value } from '../expression.ts';
import { fieldType, isField } from '../fields.ts';
import type { NftFamily } from '../model.ts';
import type { Match, Reject, Statement } from '../statement.ts';
import { type TypeName, typeOf } from '../types.ts';
import { isBitmask, ones, prefixLength, prefixTypes, withNumber } from './bits.ts';
import { icmpTypeOf, ProtocolContext, protocolAbove, tellsProtocol } from './context.ts';
import { nameField, type Raw, splitLoad, trimToField } from './names.ts';

type Slot = { statement: Statement | null };

/** Layers for which a question may turn out to go without saying. */
type Asked = 'll' | 'nh' | 'th' | 'inner';

/**
 * What nft lists of a rule that the kernel holds: places get the names of the fields that are there by what the rule has asked, and
 * questions for a protocol go that a field says itself, as long as only matches stand between.
 */
export function listRule(statements: readonly Statement[], family: NftFamily): readonly Statement[] {
  const listing = new Listing(family);
  for (const statement of statements) listing.add(statement);
  return listing.slots.flatMap(({ statement }) => (statement ? [statement] : []));
}

const layerAbove = { ll: 'nh', nh: 'th', th: 'inner' } as const;

class Listing {
  readonly slots: Slot[] = [];
  private readonly family: NftFamily;
  private readonly context: ProtocolContext;
  private asked: { [L in Asked]?: Slot } = {};
  /** The type of ICMP that the question for the transport's header told. */
  private icmpType = 0;
  private previous: Slot | null = null;

  constructor(family: NftFamily) {
    this.family = family;
    this.context = new ProtocolContext(family);
  }

  add(statement: Statement): void {
    if (statement.kind === 'match') {
      const slot = this.match(statement);
      if (slot && this.previous) this.joinRange(this.previous, slot);
      this.previous = slot && this.slots.includes(slot) ? slot : null;
      return;
    }
    const slot = this.push(this.other(statement));
    this.previous = slot;
    if (statement.kind === 'vmap') return;
    this.asked = {};
    this.icmpType = 0;
    this.previous = null;
  }

  private push(statement: Statement): Slot {
    const slot = { statement };
    this.slots.push(slot);
    return slot;
  }

  private other(statement: Statement): Statement {
    switch (statement.kind) {
      case 'vmap':
        return { ...statement, ...this.lookup(statement.key, statement.map) };
      case 'set':
        return this.assignment(statement);
      case 'object':
        return { ...statement, name: this.expression(statement.name) };
      case 'snat':
      case 'dnat':
      case 'masquerade':
      case 'redirect': {
        const address = statement.address && this.expression(statement.address);
        if (statement.port) this.asked = {};
        const port = statement.port && this.expression(statement.port);
        return { ...statement, ...(address && { address }), ...(port && { port }) };
      }
      case 'set-add':
      case 'meter': {
        const { element } = statement;
        const key = this.expression(element.key);
        const data = element.data && this.expression(element.data);
        return { ...statement, element: { ...element, key, ...(data && { data }) } };
      }
      case 'dup':
      case 'fwd':
      case 'queue':
        return { ...statement, to: this.expression(statement.to) };
      case 'reject':
        return this.reject(statement);
      default:
        return statement;
    }
  }

  private assignment(statement: Extract<Statement, { kind: 'set' }>): Statement {
    const { target } = statement;
    const named = target.kind === 'raw' ? nameField(target, this.context) : target;
    if (named.kind === 'payload') this.kill(named);
    return { ...statement, target: named, value: this.expression(statement.value) };
  }

  private reject(statement: Reject): Reject {
    const { at } = this.context;
    const answer = statement.with;
    if (this.family === 'ip' || this.family === 'ip6') {
      if (answer?.type === 'tcp reset') this.forget(this.asked.th ? 'th' : 'inner');
      return isDefault(answer, this.family) ? { kind: 'reject' } : statement;
    }
    if (answer?.type === 'icmpx') return answer.code === 1 ? { kind: 'reject' } : statement;
    if (at.nh !== null || this.asked.nh) this.forget('nh');
    return statement;
  }

  /** An expression where nothing is compared. */
  private expression(expression: Expression, isPart = false): Expression {
    switch (expression.kind) {
      case 'raw':
        return this.named(expression);
      case 'exthdr':
        this.forget('nh');
        return expression;
      case 'option':
      case 'raw-option':
        this.forgetForOption(expression);
        return expression;
      case 'concat':
        return { kind: 'concat', parts: expression.parts.map((part) => this.expression(part, true)) };
      case 'binary':
        return this.computed(expression, isPart);
      case 'map':
        return { kind: 'map', ...this.lookup(expression.key, expression.map) };
      case 'hash':
        return expression.of ? { ...expression, of: this.expression(expression.of) } : expression;
      default:
        return expression;
    }
  }

  private computed(expression: Extract<Expression, { kind: 'binary' }>, isPart: boolean): Expression {
    const { left, operator, right } = expression;
    if (isPart && operator === '&' && left.kind === 'raw' && right.kind === 'value') {
      const trimmed = trimToField(left, BigInt(right.value), this.context);
      if (trimmed) return this.named(trimmed.raw);
    }
    const named = this.expression(left, isPart);
    const isShift = operator === '<<' || operator === '>>';
    if (right.kind !== 'value') return { ...expression, left: named };
    return {
      ...expression,
      left: named,
      right: isShift ? asType(right, 'integer', 32) : asField(right, named),
    };
  }

  private named(raw: Raw): Field {
    const field = nameField(raw, this.context);
    if (field.kind === 'payload') this.kill(field);
    return field;
  }

  private lookup(key: Expression, map: Expression) {
    if (
      key.kind === 'binary' &&
      key.operator === '&' &&
      key.left.kind === 'raw' &&
      key.right.kind === 'value'
    ) {
      const trimmed = trimToField(key.left, BigInt(key.right.value), this.context);
      if (trimmed) {
        const named = this.named(trimmed.raw);
        return { key: named, map: plain(shifted(map, trimmed.shift), named) };
      }
    }
    const named = this.expression(key);
    return { key: named, map: plain(map, named) };
  }

  private match(match: Match): Slot | null {
    const { left } = match;
    if (left.kind === 'raw') return this.compareBytes(match, left);
    if (left.kind === 'binary') {
      const field = this.compareBits(match, left);
      if (field !== undefined) return field;
    }
    const named = this.expression(left);
    const right = plain(asFieldDeep(match.right, named), named);
    const slot = this.push(spellMask({ ...match, left: named, right }));
    if (left.kind === 'meta') this.learn(match, slot, metaLayer(left.key), left.key === 'iiftype');
    if (left.kind === 'ct') this.learn(match, slot, ctLayer(left.key), false);
    return slot;
  }

  /** Bits that make up a field; undefined where they do not. */
  private compareBits(match: Match, left: Extract<Expression, { kind: 'binary' }>): Slot | null | undefined {
    const masked = left.operator === '>>' && left.left.kind === 'binary' ? left.left : left;
    const { left: raw, operator, right: mask } = masked;
    if (operator !== '&' || raw.kind !== 'raw' || mask.kind !== 'value') return undefined;
    const named = nameField(raw, this.context);
    if (masked === left && named.kind === 'payload') {
      const type = fieldType(named)?.type as TypeName;
      if (typeOf(type).base === 'bitmask' && (match.operator === '==' || match.operator === '!='))
        return undefined;
      if (
        prefixTypes.has(type) &&
        match.right.kind === 'value' &&
        prefixLength(BigInt(mask.value), raw.length) !== null
      )
        return undefined;
    }
    if (masked !== left && match.right.kind !== 'set-reference') return undefined;
    const trimmed = trimToField(raw, BigInt(mask.value), this.context);
    if (!trimmed) return undefined;
    const right = masked === left ? shifted(match.right, trimmed.shift) : match.right;
    return this.compareBytes({ ...match, right }, trimmed.raw);
  }

  private compareBytes(match: Match, raw: Raw): Slot | null {
    const { operator, right } = match;
    if ((operator === '==' || operator === '!=') && right.kind === 'value') {
      this.expand(match, raw, right);
      return null;
    }
    this.learnIcmpType(raw, right);
    const named = nameField(raw, this.context);
    if (named.kind === 'payload') this.kill(named);
    return this.push({ ...match, left: named, right: asFieldDeep(right, named) });
  }

  /** Of a question for either echo message nft takes the first for the type. */
  private learnIcmpType(raw: Raw, right: Expression): void {
    if (raw.base !== 'th' || raw.offset !== 0 || raw.length !== 8 || right.kind !== 'set') return;
    const { at, icmpType } = this.context;
    const key = right.elements[0]?.key;
    if ((at.th === 'icmp' || at.th === 'icmpv6') && icmpType === 0 && key?.kind === 'value')
      this.context.icmpType = Number(key.value);
  }

  /** One question for each field that a load covers. */
  private expand(match: Match, raw: Raw, right: Value): void {
    let rest = BigInt(right.value);
    let left = raw.length;
    let layer: Asked = raw.base === 'ih' ? 'inner' : raw.base;
    for (const { field, bits, of } of splitLoad(raw, this.context)) {
      left -= bits;
      const own = rest >> BigInt(left);
      rest &= ones(left);
      const constant = ofField(own, field, of === undefined ? null : [bits, of]);
      const isKey = field.kind === 'payload' && tellsProtocol(field);
      const slot = this.push({ kind: 'match', left: field, operator: match.operator, right: constant });
      const lower = raw.base === 'ih' ? null : this.context.at[raw.base];
      if (match.operator === '==' && constant.kind === 'value') this.context.learn(field, Number(own));
      const isStacked =
        isKey &&
        match.operator === '==' &&
        raw.base === 'll' &&
        lower !== null &&
        this.context.stacked.includes(lower);
      if (field.kind === 'payload') this.kill(field);
      if (match.operator === '==' && isKey) this.store(slot, isStacked ? null : layer, field);
      layer = raw.base === 'ih' ? 'inner' : raw.base;
    }
  }

  private store(slot: Slot, layer: Asked | null, field?: Payload): void {
    if (field && this.isEcho(slot, field)) return;
    if (layer === null) this.asked.ll = slot;
    else if (layer !== 'inner') this.asked[layerAbove[layer]] = slot;
  }

  /** Notes the type of ICMP; whether it is one that other fields do not imply. */
  private isEcho({ statement }: Slot, { header }: Payload): boolean {
    const right = (statement as Match).right;
    if (right.kind !== 'value') return false;
    if (header === 'icmp') {
      this.icmpType = right.value === 0 ? 8 : Number(right.value);
      return this.icmpType === 8;
    }
    if (header !== 'icmpv6') return false;
    this.icmpType = Number(right.value);
    return this.icmpType === 128 || this.icmpType === 129;
  }

  /** After a match of a field that is no header's. */
  private learn(match: Match, slot: Slot, layer: Asked | null, isInterface: boolean): void {
    const { left, operator, right } = match;
    if (operator !== '==' || right.kind === 'range' || right.kind === 'set' || right.kind === 'set-reference')
      return;
    if (right.kind === 'value' && isField(left)) this.context.learn(left, Number(right.value));
    if (layer !== null && layer !== 'th' && this.asked[layer] && this.mayForget(match)) this.forget(layer);
    if (isInterface) this.asked.ll = slot;
    else if ((layer === 'll' || layer === 'nh') && tellsNext(left)) this.asked[layerAbove[layer]] = slot;
  }

  /** Whether a question for the network goes without saying once the transport is asked for. */
  private mayForget(match: Match): boolean {
    const dependency = this.asked.nh?.statement as Match | undefined;
    if (!dependency) return true;
    const network = networkAskedBy(dependency);
    if (network === undefined) return true;
    if (this.family === 'ip' || this.family === 'ip6') return this.family === network;
    if (this.family === 'arp') return true;
    if (match.left.kind !== 'meta' || match.left.key !== 'l4proto') return true;
    const number = match.right.kind === 'value' ? Number(match.right.value) : -1;
    if (number !== 1 && number !== 58) return false;
    return !((network === 'ip' && number === 58) || (network === 'ip6' && number === 1));
  }

  private forget(layer: Asked): void {
    const slot = this.asked[layer];
    if (!slot) return;
    slot.statement = null;
    delete this.asked[layer];
    if (this.previous === slot) this.previous = null;
  }

  private forgetForOption(expression: Expression): void {
    if (expression.kind === 'option' && expression.of === 'ip') this.forget('nh');
    else this.forget(this.asked.th ? 'th' : 'inner');
  }

  /** A field of a header says that the header is there. */
  private kill(field: Payload): void {
    if (field.header === 'unknown') return;
    const layer = baseOf(field);
    const at: Asked | null = this.asked[layer] ? layer : layer === 'th' && this.asked.inner ? 'inner' : null;
    if (at !== null && this.mayKill(field, layer, (this.asked[at] as Slot).statement as Match))
      this.forget(at);
  }

  private mayKill(field: Payload, layer: Asked, dependency: Match): boolean {
    const { left, operator, right } = dependency;
    const isWide = this.family === 'bridge' || this.family === 'netdev' || this.family === 'inet';
    if (isWide && left.kind === 'payload') {
      const own = baseOf(left);
      if (own === 'nh' && (left.header === 'ip' || left.header === 'ip6') && layer === 'th') return false;
      if (operator === '==' && own === layer) {
        if (tellsProtocol(field)) return false;
        if (layer === 'll') {
          if (left.header === 'vlan') return false;
          return left.header !== 'ether' || right.kind !== 'value' || right.value === 0x8100;
        }
      }
    }
    if (layer !== 'th' || left.kind !== 'payload' || baseOf(left) !== 'th') return true;
    if (left.header !== 'icmp' && left.header !== 'icmpv6') return true;
    const type = icmpTypeOf(field);
    return type !== undefined && left.header === field.header && this.icmpType === type;
  }

  /** Two comparisons in a row are one with a range; nft only looks whether both ask the same kind of thing. */
  private joinRange(before: Slot, slot: Slot): void {
    const [one, other] = [before.statement, slot.statement];
    if (one?.kind !== 'match' || other?.kind !== 'match' || kindOf(one.left) !== kindOf(other.left)) return;
    const operator =
      other.operator === '<=' && one.operator === '>='
        ? '=='
        : other.operator === '>' && one.operator === '<'
          ? '!='
          : null;
    if (operator === null) return;
    const right: Constant = { kind: 'range', from: one.right as Constant, to: other.right as Constant };
    slot.statement = { kind: 'match', left: other.left, operator, right };
    before.statement = null;
  }
}

/** What nft compares: fields of headers are of one kind, whatever the header. */
const kindOf = ({ kind }: Expression) => (kind === 'raw' ? 'payload' : kind);

const baseOf = ({ header }: Payload): 'll' | 'nh' | 'th' => {
  if (header === 'ether' || header === 'vlan') return 'll';
  return header === 'ip' || header === 'ip6' || header === 'arp' ? 'nh' : 'th';
};

const tellsNext = (field: Expression) =>
  field.kind === 'meta' || (field.kind === 'ct' && (field.key === 'l3proto' || field.key === 'protocol'));

function metaLayer(key: string): Asked | null {
  if (key === 'nfproto' || key === 'protocol') return 'll';
  return key === 'l4proto' ? 'nh' : null;
}

/** Addresses of a connection say of which network it is, too. */
function ctLayer(key: string): Asked | null {
  if (key === 'l3proto') return 'll';
  return key === 'protocol' || key === 'saddr' || key === 'daddr' ? 'nh' : null;
}

/** The network that a question names; null where it is neither, undefined where it asks for something else. */
function networkAskedBy({ left, right }: Match): string | null | undefined {
  const number = right.kind === 'value' ? Number(right.value) : -1;
  if (left.kind === 'meta' && left.key === 'nfproto')
    return number === 2 ? 'ip' : number === 10 ? 'ip6' : null;
  const isType =
    (left.kind === 'meta' && left.key === 'protocol') ||
    (left.kind === 'payload' && baseOf(left) === 'll' && left.field === 'type');
  if (!isType) return undefined;
  const network = protocolAbove('ether', number);
  return network === 'ip' || network === 'ip6' ? network : null;
}

function isDefault(answer: Reject['with'], family: NftFamily): boolean {
  if (!answer || answer.type === 'tcp reset') return false;
  return answer.code === (family === 'ip' ? 3 : 4);
}

/** The constant of a field; of its first bits only, a prefix. */
function ofField(number: bigint, field: Payload | Raw, part: readonly [number, number] | null): Constant {
  const { type, bits } = fieldType(field) ?? { type: 'xinteger' as const, bits: 32 };
  const own = part ? number << BigInt(part[1] - part[0]) : number;
  const value = bits > 48 ? own : Number(own);
  return part ? { kind: 'prefix', type, value, length: part[0] } : { kind: 'value', type, value };
}

function asType(value: Value, type: TypeName, bits: number): Value {
  return { kind: 'value', type, value: bits > 48 ? BigInt(value.value) : Number(value.value) };
}

/** A constant that is compared with a field is of its type. */
function asField(value: Value, field: Expression): Value {
  const of = field.kind === 'binary' ? leafOf(field) : field;
  if (of.kind !== 'payload' && of.kind !== 'raw') return value;
  const own = fieldType(of);
  return own ? asType(value, own.type, own.bits) : value;
}

function leafOf(expression: Expression): Expression {
  return expression.kind === 'binary' ? leafOf(expression.left) : expression;
}

function asFieldDeep(right: Expression, field: Expression): Expression {
  if (right.kind === 'value') return asField(right, field);
  if (right.kind === 'range')
    return {
      kind: 'range',
      from: asFieldDeep(right.from, field) as Constant,
      to: asFieldDeep(right.to, field) as Constant,
    };
  if (right.kind !== 'set') return right;
  return { ...right, elements: right.elements.map((one) => ({ ...one, key: asFieldDeep(one.key, field) })) };
}

/** The constants of bits that were loaded with others after them. */
function shifted(right: Expression, shift: number): Expression {
  if (right.kind === 'value') return { ...right, value: BigInt(right.value) >> BigInt(shift) };
  if (right.kind === 'range')
    return {
      kind: 'range',
      from: shifted(right.from, shift) as Constant,
      to: shifted(right.to, shift) as Constant,
    };
  if (right.kind !== 'set') return right;
  const elements = right.elements.map((one): SetElement => ({ ...one, key: shifted(one.key, shift) }));
  return { ...right, elements };
}

/** In sets bytes are numbers like others, but for fields without a name beside others. */
function plain(set: Expression, key: Expression): Expression {
  if (set.kind !== 'set') return set;
  return { ...set, elements: set.elements.map((one) => ({ ...one, key: plainKey(one.key, key) })) };
}

function plainKey(key: Expression, field: Expression): Expression {
  if (key.kind === 'value') return key.type === 'xinteger' ? { ...key, type: 'integer' } : key;
  if (key.kind === 'range')
    return {
      kind: 'range',
      from: plainKey(key.from, field) as Constant,
      to: plainKey(key.to, field) as Constant,
    };
  if (key.kind !== 'concat' || field.kind !== 'concat') return key;
  const parts = key.parts.map((part, at) => {
    const own = field.parts[at];
    return own === undefined || own.kind === 'raw' ? part : plainKey(part, own);
  });
  return { kind: 'concat', parts };
}

/** A mask of bits that have names asks whether one of them is there; one of the upper bits is a prefix. */
function spellMask(match: Match): Match {
  const { left, operator, right } = match;
  if (
    left.kind !== 'binary' ||
    left.operator !== '&' ||
    left.right.kind !== 'value' ||
    right.kind !== 'value'
  )
    return match;
  const mask = left.right;
  const isEquality = operator === '==' || operator === '!=';
  if (isEquality && isBitmask(mask)) {
    if (BigInt(right.value) !== 0n) return match;
    return { kind: 'match', left: left.left, operator: operator === '==' ? 'lacks' : 'has', right: mask };
  }
  const bits = typeOf(mask.type).bits;
  // What is compared by size is turned into the network's order first, and its mask stays.
  const isListed = isEquality || typeOf(mask.type).order === 'network';
  const length = isListed && prefixTypes.has(mask.type) ? prefixLength(BigInt(mask.value), bits) : null;
  if (length === null) return match;
  const prefix: Constant = { kind: 'prefix', type: mask.type, value: right.value, length };
  return {
    kind: 'match',
    left: left.left,
    operator,
    right: length === bits ? withNumber(right, BigInt(right.value)) : prefix,
  };
}
