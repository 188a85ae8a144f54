import type { Constant, Expression, Field, Value } from '../../expression.ts';
import { fieldType } from '../../fields.ts';
import type { NftFamily } from '../../model.ts';
import { tcpOptions } from '../../options.ts';
import type { Match, Reject, Statement } from '../../statement.ts';
import { type TypeName, typeOf } from '../../types.ts';
import { ones, prefixLength, prefixTypes } from '../bits.ts';
import { layerOf, protocolAbove, tellsProtocol } from '../context.ts';
import { nameField, type Raw, splitLoad, trimToField } from '../names.ts';
import { asField, asFieldDeep, asType, listedElements, ofField, shifted } from './constants.ts';
import { spellMask } from './mask.ts';
import { type Asked, ctLayer, metaLayer, Questions, type Slot } from './questions.ts';

/**
 * What nft lists of a rule that the kernel holds: places get the names of the fields that are there by what the rule has asked, and
 * questions for a protocol go that a field says itself, as long as only matches stand between.
 */
export function listRule(statements: readonly Statement[], family: NftFamily): readonly Statement[] {
  const listing = new Listing(family);
  for (const statement of statements) listing.add(statement);
  return listing.slots.flatMap(({ statement }) => (statement ? [statement] : []));
}

class Listing {
  readonly slots: Slot[] = [];
  private readonly family: NftFamily;
  private readonly questions: Questions;
  private previous: Slot | null = null;

  constructor(family: NftFamily) {
    this.family = family;
    this.questions = new Questions(family);
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
    this.questions.keepAll();
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
        if (statement.port) this.questions.keepAll();
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
    const named = target.kind === 'raw' ? nameField(target, this.questions.context) : target;
    if (named.kind === 'payload') this.questions.kill(named);
    return { ...statement, target: named, value: this.expression(statement.value) };
  }

  private reject(statement: Reject): Reject {
    const answer = statement.with;
    if (this.family === 'ip' || this.family === 'ip6') {
      if (answer?.type === 'tcp reset') this.questions.forgetTransport();
      return isDefault(answer, this.family) ? { kind: 'reject' } : statement;
    }
    if (answer?.type === 'icmpx') return answer.code === 1 ? { kind: 'reject' } : statement;
    this.questions.forget('nh');
    // Of which network the answer is, the kernel does not tell.
    const { nh } = this.questions.context.at;
    return answer?.type === 'tcp reset' || nh === 'ip' || nh === 'ip6'
      ? statement
      : { kind: 'reject', isUntold: true };
  }

  /** An expression where nothing is compared. */
  private expression(expression: Expression, isPart = false): Expression {
    switch (expression.kind) {
      case 'raw':
        return this.named(expression);
      case 'exthdr':
        this.questions.forget('nh');
        return namedHeader(expression);
      case 'option':
      case 'raw-option':
        this.questions.forgetForOption(expression);
        return namedOption(expression);
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
      const trimmed = trimToField(left, BigInt(right.value), this.questions.context);
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
    const field = nameField(raw, this.questions.context);
    if (field.kind === 'payload') this.questions.kill(field, true);
    return field;
  }

  private lookup(key: Expression, map: Expression) {
    if (
      key.kind === 'binary' &&
      key.operator === '&' &&
      key.left.kind === 'raw' &&
      key.right.kind === 'value'
    ) {
      const trimmed = trimToField(key.left, BigInt(key.right.value), this.questions.context);
      if (trimmed) {
        const named = this.named(trimmed.raw);
        return { key: named, map: listedElements(shifted(map, trimmed.shift), named, true) };
      }
    }
    const named = this.expression(key);
    return { key: named, map: listedElements(map, named, true) };
  }

  private match(match: Match): Slot | null {
    const { left } = match;
    if (left.kind === 'raw') return this.compareBytes(match, left);
    if (left.kind === 'binary') {
      const field = this.compareBits(match, left);
      if (field !== undefined) return field;
    }
    const named = this.expression(left);
    const right = listedElements(asFieldDeep(match.right, named), named, false);
    const slot = this.push(spellMask({ ...match, left: named, right }));
    if (left.kind === 'meta') this.questions.learn(match, slot, metaLayer(left.key), left.key === 'iiftype');
    if (left.kind === 'ct') this.questions.learn(match, slot, ctLayer(left), false);
    return slot;
  }

  /** Bits that make up a field; undefined where they do not. */
  private compareBits(match: Match, left: Extract<Expression, { kind: 'binary' }>): Slot | null | undefined {
    const masked = left.operator === '>>' && left.left.kind === 'binary' ? left.left : left;
    const { left: raw, operator, right: mask } = masked;
    if (operator !== '&' || raw.kind !== 'raw' || mask.kind !== 'value') return undefined;
    const named = nameField(raw, this.questions.context);
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
    const trimmed = trimToField(raw, BigInt(mask.value), this.questions.context);
    if (!trimmed) return undefined;
    const right = masked === left ? shifted(match.right, trimmed.shift) : match.right;
    return this.compareBytes({ ...match, right: listedElements(right, left, false) }, trimmed.raw);
  }

  private compareBytes(match: Match, raw: Raw): Slot | null {
    const { operator, right } = match;
    if ((operator === '==' || operator === '!=') && right.kind === 'value') {
      this.expand(match, raw, right);
      return null;
    }
    this.learnIcmpType(raw, right);
    const named = nameField(raw, this.questions.context);
    if (named.kind === 'payload') this.questions.kill(named, true);
    return this.push({ ...match, left: named, right: asFieldDeep(right, named) });
  }

  /** Of a question for either echo message nft takes the first for the type. */
  private learnIcmpType(raw: Raw, right: Expression): void {
    if (raw.base !== 'th' || raw.offset !== 0 || raw.length !== 8 || right.kind !== 'set') return;
    const { at, icmpType } = this.questions.context;
    const key = right.elements[0]?.key;
    if ((at.th === 'icmp' || at.th === 'icmpv6') && icmpType === 0 && key?.kind === 'value')
      this.questions.context.icmpType = Number(key.value);
  }

  /** One question for each field that a load covers. */
  private expand(match: Match, raw: Raw, right: Value): void {
    let rest = BigInt(right.value);
    let left = raw.length;
    let layer: Asked = raw.base === 'ih' ? 'inner' : raw.base;
    for (const { field, bits, of } of splitLoad(raw, this.questions.context)) {
      left -= bits;
      const own = rest >> BigInt(left);
      rest &= ones(left);
      const constant = ofField(own, field, of === undefined ? null : [bits, of]);
      const isKey = field.kind === 'payload' && tellsProtocol(field);
      const slot = this.push({ kind: 'match', left: field, operator: match.operator, right: constant });
      const isStacked = match.operator === '==' && isKey && this.isStacked(raw, Number(own));
      if (match.operator === '==' && constant.kind === 'value')
        this.questions.context.learn(field, Number(own));
      if (field.kind === 'payload') this.questions.kill(field);
      if (match.operator === '==' && isKey) this.questions.store(slot, isStacked ? null : layer, field);
      layer = raw.base === 'ih' ? 'inner' : raw.base;
    }
  }

  /** Whether a number in a header of the link layer says that another one of that layer follows. */
  private isStacked({ base }: Raw, number: number): boolean {
    const lower = this.questions.context.at.ll;
    const upper = base === 'll' && lower !== null ? protocolAbove(lower, number) : undefined;
    return upper !== undefined && layerOf(upper) === 'll';
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

/** Of options of one kind, what all of them have is named by the first. */
function namedOption(field: Extract<Expression, { kind: 'option' | 'raw-option' }>): Field {
  if (field.kind === 'raw-option') return nameOption(field);
  if (field.of !== 'tcp' || !/^sack[1-3]$/.test(field.option)) return field;
  return field.field === null || field.field === 'length' ? { ...field, option: 'sack' } : field;
}

/** By its place: nft lists `kind` so, which it does not read. */
function nameOption(raw: Extract<Expression, { kind: 'raw-option' }>): Field {
  for (const [option, { number, fields }] of Object.entries(tcpOptions)) {
    if (number !== raw.number) continue;
    const found = Object.entries(fields).find(
      ([, [, offset, length]]) => offset === raw.offset && length === raw.length,
    );
    if (found) return { kind: 'option', of: 'tcp', option, field: found[0] };
  }
  return raw;
}

/** Addresses of a routing header are named as those of segments, which lie at the same place. */
function namedHeader(field: Extract<Expression, { kind: 'exthdr' }>): Field {
  const at = field.header === 'rt0' ? /^addr(\[\d\])$/.exec(field.field ?? '')?.[1] : undefined;
  return at === undefined ? field : { ...field, header: 'srh', field: `sid${at}` };
}

/** What nft compares: fields of headers are of one kind, whatever the header. */
const kindOf = ({ kind }: Expression) => (kind === 'raw' ? 'payload' : kind);

function isDefault(answer: Reject['with'], family: NftFamily): boolean {
  if (!answer || answer.type === 'tcp reset') return false;
  return answer.code === (family === 'ip' ? 3 : 4);
}
