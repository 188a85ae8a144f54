import type { Constant, Expression, Fib, Payload, SetElement, Value } from '../expression.ts';
import { fieldType, isField } from '../fields.ts';
import { headers } from '../headers.ts';
import type { NftFamily } from '../model.ts';
import { Refusal } from '../refusal.ts';
import type { Log, Match, Reject, Statement, Translation } from '../statement.ts';
import type { TypeName } from '../types.ts';
import { typeOf } from '../types.ts';
import { foldBits, ones, withNumber } from './bits.ts';
import {
  firstLayer,
  icmpTypeOf,
  type Layer,
  layerOf,
  numberOf,
  type Protocol,
  ProtocolContext,
  tellsProtocol,
} from './context.ts';
import { canonicalElements, stretchAsPrefix } from './sets.ts';

/** A statement as it is loaded: fields of headers by their places. `tells`: it asks which protocol follows. */
export interface Loaded {
  readonly statement: Statement;
  readonly tells?: true;
}

/**
 * What nft makes of a rule before the kernel gets it: fields become places in a layer, and the questions for protocols go before them
 * that the rule did not ask. Throws a `Refusal` where the protocols contradict each other.
 */
export function evaluateRule(statements: readonly Statement[], family: NftFamily): readonly Loaded[] {
  const evaluation = new Evaluation(family);
  let terminal: Statement | null = null;
  for (const statement of statements) {
    if (terminal) throw new Refusal('a statement after one that ends the rule has no effect');
    evaluation.add(statement);
    if (isTerminal(statement)) terminal = statement;
  }
  return evaluation.loaded;
}

const terminals: ReadonlySet<Statement['kind']> = new Set<Statement['kind']>([
  'reject',
  'snat',
  'dnat',
  'masquerade',
  'redirect',
  'fwd',
  'queue',
]);

function isTerminal(statement: Statement): boolean {
  if (statement.kind === 'verdict') return statement.verdict !== 'continue';
  return terminals.has(statement.kind);
}

const echo: Readonly<Record<string, readonly number[]>> = { icmp: [0, 8], icmpv6: [128, 129] };

const value = (type: TypeName, number: number): Value => ({ kind: 'value', type, value: number });

class Evaluation {
  loaded: Loaded[] = [];
  private readonly context: ProtocolContext;

  constructor(family: NftFamily) {
    this.context = new ProtocolContext(family);
  }

  add(statement: Statement): void {
    switch (statement.kind) {
      case 'match':
        this.match(statement);
        break;
      case 'vmap':
        checkGreatest(statement.key, statement.map);
        this.push({ ...statement, ...this.lookup(statement.key, statement.map) });
        break;
      case 'set':
        this.push({
          ...statement,
          target: this.target(statement.target),
          value: this.statementValue(statement.value),
        });
        break;
      case 'object':
        this.push({ ...statement, name: this.expression(statement.name) });
        break;
      case 'snat':
      case 'dnat':
      case 'masquerade':
      case 'redirect':
        this.translation(statement);
        break;
      case 'reject':
        this.reject(statement);
        break;
      case 'set-add':
      case 'meter':
        this.push({ ...statement, element: this.element(statement.element) });
        break;
      case 'fwd':
        if (this.context.family !== 'netdev') throw new Refusal('fwd is for tables of netdev');
        this.push({ ...statement, to: this.expression(statement.to) });
        break;
      case 'dup':
      case 'queue':
        this.push({ ...statement, to: this.expression(statement.to) });
        break;
      case 'tproxy':
        this.push(this.tproxy(statement));
        break;
      case 'log':
        checkLog(statement);
        this.push(statement);
        break;
      default:
        this.push(statement);
    }
  }

  private push(statement: Statement, tells = false): void {
    this.loaded.push(tells ? { statement, tells } : { statement });
  }

  /** A question for a single value that goes before what is being evaluated, or before the whole rule. */
  private ask(field: Expression, answer: Value, isFirst = false): void {
    const lowered = field.kind === 'payload' ? this.place(field, this.context.stackedBits) : field;
    const loaded: Loaded = {
      statement: { kind: 'match', left: lowered, operator: '==', right: answer },
      ...(field.kind === 'payload' && tellsProtocol(field) && { tells: true }),
    };
    if (isFirst) this.loaded.unshift(loaded);
    else this.loaded.push(loaded);
    this.context.learn(field, Number(answer.value));
  }

  /** Asks whether the upper protocol follows the lower one. */
  private depend(lower: Protocol, upper: Protocol, isFirst = false): void {
    const number = numberOf(lower, upper);
    if (number === undefined) throw new Refusal(`${lower} is not followed by ${upper}`);
    const [field, type] = keyOf(lower);
    this.ask(field, value(type, number), isFirst);
  }

  private interfaceType(): void {
    this.ask({ kind: 'meta', key: 'iiftype' }, value('iface_type', 1));
  }

  /** Sees to it that the header of a field is there; gives the bits before it in its layer. */
  private need(field: Payload): number {
    const { header } = field;
    if (header === 'th') return 0;
    const layer = layerOf(header);
    const { context } = this;
    if (context.at[layer] === null) {
      this.generate(header, layer);
      if (context.at[layer] !== header && layer === 'll') {
        this.depend(context.at.ll as Protocol, header);
        return context.stackedBits;
      }
    }
    if (context.at.th !== null && layer === 'th' && context.transports.size > 1)
      throw new Refusal(`${header} contradicts another protocol that the rule asks for`);
    if (context.at[layer] === header) {
      this.needIcmpType(field);
      return layer === 'll' ? context.stackedBits : 0;
    }
    return this.resolve(header, layer);
  }

  /** Another header of the layer was asked for. */
  private resolve(header: Protocol, layer: Layer): number {
    const { context } = this;
    const isDummy = context.at.ll === 'inet' || context.at.ll === 'netdev';
    let offset: number | null = null;
    if (layer === 'll') {
      if (isDummy) this.interfaceType();
      else if (context.stacked.includes(header)) return 0;
      if (context.at.nh === null) {
        const lower = isDummy ? header : (context.at.ll as Protocol);
        if (numberOf(lower, header) !== undefined) {
          this.depend(context.at.ll as Protocol, header);
          offset = context.stackedBits;
        }
      }
    }
    if (offset === null && context.at[layer] !== header) {
      const known = context.at[layer];
      const lower = layer === 'th' && context.at.nh === null ? known : known;
      const follows = lower !== null && numberOf(lower, header) !== undefined && layer !== 'll';
      if (!follows || this.isAboveKnown(layer)) throw new Refusal(`${header} contradicts ${known}`);
      this.depend(lower as Protocol, header);
    }
    return offset ?? 0;
  }

  private isAboveKnown(layer: Layer): boolean {
    return layer === 'nh' && this.context.at.th !== null;
  }

  /** What has to be asked before a header of a layer of which nothing is known. */
  private generate(header: Protocol, layer: Layer): void {
    const { context } = this;
    if (layer === 'll' && firstLayer(context.family) === 'nh') {
      this.interfaceType();
      return;
    }
    if (layer === 'nh') {
      const lower = context.at.ll as Protocol;
      const isBridged =
        context.family === 'bridge' && lower === 'ether' && (header === 'ip' || header === 'ip6');
      this.depend(isBridged ? 'netdev' : lower, header);
      return;
    }
    let lower = context.at.nh;
    if (lower === null) lower = this.networkFor(header);
    this.depend(lower, header);
  }

  /** ICMP says of which network it is. */
  private networkFor(header: Protocol): Protocol {
    if (header !== 'icmp' && header !== 'icmpv6' && header !== 'igmp') return 'inet-service';
    const network = header === 'icmpv6' ? 'ip6' : 'ip';
    this.depend(this.context.at.ll as Protocol, network);
    return network;
  }

  private needIcmpType(field: Payload): void {
    const type = icmpTypeOf(field);
    const { context } = this;
    if (type === undefined || context.icmpType === type) return;
    if (context.icmpType !== 0)
      throw new Refusal(`${field.header} ${field.field} contradicts the type of the message`);
    const name: TypeName = field.header === 'icmp' ? 'icmp_type' : 'icmpv6_type';
    const asked: Payload = { kind: 'payload', header: field.header, field: 'type' };
    const both = echo[field.header] as readonly number[];
    if (both.includes(type)) {
      const elements = both.map((one) => ({ key: value(name, one) }));
      const right: Constant = { kind: 'set', elements };
      this.push({ kind: 'match', left: this.place(asked, 0), operator: '==', right });
    } else this.ask(asked, value(name, type));
    context.icmpType = type;
  }

  private place({ header, field }: Payload, before: number): Extract<Expression, { kind: 'raw' }> {
    const own = headers[header] as (typeof headers)[string];
    const [, offset, length] = own.fields[field] as readonly [TypeName, number, number];
    return { kind: 'raw', base: own.base, offset: before + offset, length };
  }

  /** A field as it is loaded: whole bytes, of which a mask and a shift leave the bits. */
  private field(payload: Payload): Expression {
    return this.bytes(this.place(payload, this.need(payload)));
  }

  private bytes({ base, offset, length }: Extract<Expression, { kind: 'raw' }>): Expression {
    if (offset % 8 === 0 && length % 8 === 0) return { kind: 'raw', base, offset, length };
    const inByte = offset % 8;
    let shift = Math.ceil(length / 8) * 8 - (inByte + length);
    while (shift < 0) shift += 8;
    const width = inByte + length + shift;
    const raw: Expression = { kind: 'raw', base, offset: offset - inByte, length: width };
    const mask = ones(length) << BigInt(shift);
    const masked = binary('&', raw, big(mask));
    return shift === 0 ? masked : binary('>>', masked, big(BigInt(shift)));
  }

  private expression(expression: Expression): Expression {
    switch (expression.kind) {
      case 'payload':
        return this.field(expression);
      case 'raw':
        return this.bytes(expression);
      case 'meta':
        if (expression.key === 'nfproto' && this.context.family !== 'inet')
          throw new Refusal('meta nfproto is for tables of both families');
        return expression;
      case 'exthdr':
        this.network('ip6');
        return expression;
      case 'option':
        if (expression.of === 'ip') this.network('ip');
        return expression;
      case 'concat':
        return { kind: 'concat', parts: expression.parts.map((part) => this.expression(part)) };
      case 'binary':
        return foldBits({ ...expression, left: this.expression(expression.left) });
      case 'map':
        return { kind: 'map', ...this.lookup(expression.key, expression.map) };
      case 'hash':
        return expression.of ? { ...expression, of: this.expression(expression.of) } : expression;
      case 'set':
        return { ...expression, elements: canonicalElements(expression.elements) };
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

  /** Of the protocols of a connection the kernel does not tell the direction again. */
  private connection(ct: Extract<Expression, { kind: 'ct' }>): Expression {
    const { direction, ...rest } = ct;
    if (ct.key === 'protocol' || ct.key === 'l3proto') return rest;
    const network = this.context.at.nh;
    if (ct.family !== undefined && (network === 'ip' || network === 'ip6') && network !== ct.family)
      throw new Refusal(`ct ${ct.family} ${ct.key} contradicts ${network}`);
    if ((ct.key === 'proto-src' || ct.key === 'proto-dst') && this.context.at.th === null)
      throw new Refusal(
        `the protocol of ct ${ct.key} is not known`,
        'a match of the transport protocol before it',
      );
    const isAddress = ct.key === 'saddr' || ct.key === 'daddr';
    if (!isAddress || ct.family !== undefined || direction === undefined) return ct;
    if (network !== 'ip' && network !== 'ip6')
      throw new Refusal(`the protocol of ct ${ct.key} is not known`, `ct ${direction} ip ${ct.key}, or ip6`);
    return { ...ct, family: network };
  }

  /** The next hop is of the network that the rule asks for. */
  private route(rt: Extract<Expression, { kind: 'rt' }>): Expression {
    if (rt.key !== 'nexthop') return rt;
    const { family, at } = this.context;
    if (rt.family) {
      if ((family === 'ip' || family === 'ip6') && family !== rt.family)
        throw new Refusal(`rt ${rt.family} nexthop contradicts ${family}`);
      return rt;
    }
    if (at.nh !== 'ip' && at.nh !== 'ip6')
      throw new Refusal('the protocol of rt nexthop is not known', 'rt ip nexthop, or rt ip6 nexthop');
    return { ...rt, family: at.nh };
  }

  /** Headers between others need their network, and it is asked for before all else. */
  private network(protocol: 'ip' | 'ip6'): void {
    const { at } = this.context;
    if (at.nh === protocol) return;
    if (at.nh !== null) throw new Refusal(`${protocol} contradicts ${at.nh}`);
    this.depend(at.ll as Protocol, protocol, true);
  }

  private lookup(key: Expression, map: Expression) {
    const left = this.expression(key);
    const right = this.expression(map);
    return right.kind === 'set' ? swapSides(transfer(left, right)) : { key: left, map: right };
  }

  private target<T extends Expression>(target: T): T {
    if (target.kind !== 'payload') return target;
    const before = this.need(target);
    return before === 0 ? target : (this.place(target, before) as Expression as T);
  }

  private statementValue(expression: Expression): Expression {
    return foldBits(this.expression(expression));
  }

  private element(element: SetElement): SetElement {
    const key = this.expression(element.key);
    return { ...element, key, ...(element.data && { data: this.expression(element.data) }) };
  }

  private translation(statement: Translation): void {
    const given = statement.address && this.expression(statement.address);
    const address = given?.kind === 'range' ? (stretchAsPrefix(given) as Expression) : given;
    const isPortTold = statement.port !== undefined || (address !== undefined && givesPort(address));
    if (isPortTold && this.context.at.th === null && !asksTransport(statement.address))
      throw new Refusal(
        'ports are translated where no protocol is known that has them',
        'a match of the transport protocol before it',
      );
    const port = statement.port && this.expression(statement.port);
    const family = this.translatedFamily(statement);
    this.push({
      ...statement,
      ...(family && { family }),
      ...(address && { address }),
      ...(port && { port }),
    });
  }

  private tproxy(statement: Extract<Statement, { kind: 'tproxy' }>): Statement {
    const { family: own, at } = this.context;
    if (own !== 'ip' && own !== 'ip6' && own !== 'inet')
      throw new Refusal(`tproxy is not for tables of ${own}`);
    if (at.th === null) throw new Refusal('tproxy has no transport protocol', 'a match of one before it');
    const { family, ...rest } = statement;
    if (family && at.nh !== null && at.nh !== family)
      throw new Refusal(`tproxy ${family} contradicts ${at.nh}`);
    if (own === 'inet' && statement.address && !family)
      throw new Refusal('the family of tproxy is not known', 'tproxy ip to …, or tproxy ip6 to …');
    return own === 'inet' ? statement : rest;
  }

  /** In tables of both families an address is of the one that the rule asked for, or that the statement names. */
  private translatedFamily({ kind, family, address }: Translation): 'ip' | 'ip6' | undefined {
    if (!address) return family;
    const { nh } = this.context.at;
    if (family && nh !== null && nh !== family) throw new Refusal(`${kind} ${family} contradicts ${nh}`);
    if (this.context.family !== 'inet' || family) return family;
    if (nh === 'ip' || nh === 'ip6') return nh;
    throw new Refusal(`the family of ${kind} is not known`, `${kind} ip to …, or ${kind} ip6 to …`);
  }

  private reject(statement: Reject): void {
    const { family, at } = this.context;
    const answer = statement.with ?? this.defaultAnswer();
    const isSingle = family === 'ip' || family === 'ip6';
    if (family === 'arp') throw new Refusal('ARP is not rejected');
    if (answer.type === 'icmpx' && isSingle && statement.with)
      throw new Refusal('icmpx is for tables of several families', family === 'ip' ? 'icmp' : 'icmpv6');
    if (family === 'bridge' && at.nh !== null && at.nh !== 'ip' && at.nh !== 'ip6')
      throw new Refusal(`${at.nh} is not rejected`);
    if (answer.type === 'tcp reset') this.rejectTcp();
    else if (answer.type !== 'icmpx') {
      const own = answer.type === 'icmp' ? 'ip' : 'ip6';
      if ((isSingle && family !== own) || (at.nh !== null && at.nh !== own))
        throw new Refusal(`${answer.type} contradicts ${at.nh ?? family}`);
      if (at.nh === null) this.depend(this.linkFor(own), own, true);
    }
    this.push({ ...statement, with: answer });
  }

  private linkFor(network: Protocol): Protocol {
    const { family, at } = this.context;
    return family === 'bridge' && at.ll === 'ether' && network !== 'arp' ? 'netdev' : (at.ll as Protocol);
  }

  private defaultAnswer(): NonNullable<Reject['with']> {
    const { nh } = this.context.at;
    if (nh === 'ip') return { type: 'icmp', code: 3 };
    return nh === 'ip6' ? { type: 'icmpv6', code: 4 } : { type: 'icmpx', code: 1 };
  }

  private rejectTcp(): void {
    const { at } = this.context;
    if (at.th !== null) {
      if (at.th !== 'tcp') throw new Refusal(`${at.th} is not reset as TCP is`);
      return;
    }
    this.depend(at.nh ?? 'inet-service', 'tcp', true);
  }

  private match(match: Match): void {
    refuseShift(match.left);
    checkGreatest(match.left, match.right);
    const left = this.expression(match.left);
    const single = soleElement(match);
    const right = this.expression(single.right);
    if (match.left.kind !== 'concat') this.learn(match.left, single.operator, single.right);
    for (const one of relation(left, single.operator, right)) {
      const tells = one.left.kind === 'raw' && match.left.kind === 'payload' && tellsProtocol(match.left);
      this.push(one, tells);
    }
  }

  private learn(field: Expression, operator: Match['operator'], right: Expression): void {
    if (operator !== '==') return;
    const isRaw = field.kind === 'payload' && field.header === 'th';
    if (right.kind === 'value') this.context.learn(field, Number(right.value), isRaw);
    if (right.kind !== 'set') return;
    for (const { key } of right.elements)
      if (key.kind === 'value') this.context.learn(field, Number(key.value), isRaw);
  }
}

/** Numbers that are drawn or hashed are below a modulus. */
function checkGreatest(left: Expression, right: Expression): void {
  if (left.kind !== 'numgen' && left.kind !== 'hash') return;
  const most = left.modulus + left.offset - 1;
  const constants = right.kind === 'set' ? right.elements.map(({ key }) => key) : [right];
  for (const key of constants) {
    const last = key.kind === 'range' ? key.to : key;
    if (last.kind === 'value' && Number(last.value) > most)
      throw new Refusal(`${last.value} is not among 0 to ${most}`);
  }
}

/** Beside a shift nft takes any number for a plain one, which fits fields of no other type. */
function refuseShift(left: Expression): void {
  if (left.kind !== 'binary') return;
  const isShift = left.operator === '<<' || left.operator === '>>';
  const type = isField(left.left) ? fieldType(left.left)?.type : undefined;
  if (isShift && type !== undefined && type !== 'integer')
    throw new Refusal(`a shifted value of type ${type} is compared with a number`);
  refuseShift(left.left);
}

function checkLog({ group, snaplen, queueThreshold, level, flags, prefix }: Log): void {
  const isSent = group !== undefined || snaplen !== undefined || queueThreshold !== undefined;
  if (isSent && level !== undefined) throw new Refusal('a log to a group has no level');
  if (isSent && flags.length > 0) throw new Refusal('a log to a group has no flags');
  if (level === 'audit' && (prefix !== undefined || flags.length > 0))
    throw new Refusal('a log for audit has no options');
}

function checkFib({ of }: Fib): void {
  if (of.includes('saddr') === of.includes('daddr')) throw new Refusal('fib needs either saddr or daddr');
  if (of.includes('iif') && of.includes('oif')) throw new Refusal('fib takes iif or oif, and not both');
}

function keyOf(lower: Protocol): readonly [Expression, TypeName] {
  switch (lower) {
    case 'inet':
      return [{ kind: 'meta', key: 'nfproto' }, 'nf_proto'];
    case 'netdev':
      return [{ kind: 'meta', key: 'protocol' }, 'ether_type'];
    case 'ether':
    case 'vlan':
      return [{ kind: 'payload', header: lower, field: 'type' }, 'ether_type'];
    case 'ah':
    case 'comp':
      return [{ kind: 'payload', header: lower, field: 'nexthdr' }, 'inet_proto'];
    default:
      return [{ kind: 'meta', key: 'l4proto' }, 'inet_proto'];
  }
}

const big = (number: bigint): Value => ({ kind: 'value', type: 'xinteger', value: number });

const binary = (operator: '&' | '>>', left: Expression, right: Value): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
});

/** A set that was written with one element is that element; of bits, one that the field has. */
function soleElement(match: Match): Match {
  const { right, operator } = match;
  if (right.kind !== 'set' || right.elements.length !== 1) return match;
  const [{ key, comment, timeout }] = right.elements as [SetElement];
  if (
    !['value', 'prefix', 'range', 'text'].includes(key.kind) ||
    comment !== undefined ||
    timeout !== undefined
  )
    return match;
  const isOfBits = key.kind === 'value' && typeOf(key.type).base === 'bitmask';
  return { ...match, operator: isOfBits && operator === '==' ? 'has' : operator, right: key };
}

/** A comparison as the kernel makes it. */
function relation(left: Expression, operator: Match['operator'], right: Expression): readonly Match[] {
  if ((operator === 'has' || operator === 'lacks') && right.kind === 'value') {
    const masked: Expression = { kind: 'binary', operator: '&', left, right };
    return [
      {
        kind: 'match',
        left: masked,
        operator: operator === 'has' ? '!=' : '==',
        right: withNumber(right, 0n),
      },
    ];
  }
  const moved = transfer(left, right);
  if (moved.right.kind === 'range' && operator === '==') {
    const { from, to } = moved.right;
    return [
      { kind: 'match', left: moved.left, operator: '>=', right: from },
      { kind: 'match', left: moved.left, operator: '<=', right: to },
    ];
  }
  if (moved.right.kind === 'prefix' && moved.left.kind === 'raw')
    return [prefixed(moved.left, operator, moved.right)];
  return [{ kind: 'match', left: moved.left, operator, right: moved.right }];
}

/** A prefix of whole bytes is a shorter load, another one a mask. */
function prefixed(
  left: Extract<Expression, { kind: 'raw' }>,
  operator: Match['operator'],
  { type, value: number, length }: Extract<Constant, { kind: 'prefix' }>,
): Match {
  const rest = BigInt(left.length - length);
  const constant = { kind: 'value', type, value: number } as const;
  if (length > 0 && length % 8 === 0)
    return {
      kind: 'match',
      left: { ...left, length },
      operator,
      right: big(BigInt(number) >> rest),
    };
  const mask = withNumber(constant, ones(left.length) ^ ones(Number(rest)));
  return {
    kind: 'match',
    left: { kind: 'binary', operator: '&', left, right: mask },
    operator,
    right: constant,
  };
}

interface Sides {
  readonly left: Expression;
  readonly right: Expression;
}

const swapSides = ({ left, right }: Sides) => ({ key: left, map: right });

/** What can be undone of a computation is done to the constant instead. */
function transfer(left: Expression, right: Expression): Sides {
  if (left.kind !== 'binary' || left.right.kind !== 'value') return { left, right };
  const amount = BigInt(left.right.value);
  const change = changes[left.operator];
  if (!change || !canMove(right)) return { left, right };
  const moved = move(right, (number) => change(number, amount));
  if (left.operator !== '>>') return { left: left.left, right: moved };
  // The bits that the shift took away are masked out.
  const isMasked = left.left.kind === 'binary' && left.left.operator === '&';
  if (isMasked) return { left: left.left, right: moved };
  return { left: foldBits(binary('&', left.left, left.right)), right: moved };
}

const changes: Readonly<Record<string, (number: bigint, amount: bigint) => bigint>> = {
  '^': (number, amount) => number ^ amount,
  '>>': (number, amount) => number << amount,
  '<<': (number, amount) => number >> amount,
};

function canMove(right: Expression): boolean {
  if (right.kind === 'set') return right.elements.every(({ key }) => canMove(key));
  return right.kind === 'value' || (right.kind === 'range' && right.from.kind === 'value');
}

function move(right: Expression, change: (number: bigint) => bigint): Expression {
  if (right.kind === 'value') return { ...right, value: change(BigInt(right.value)) };
  if (right.kind === 'range')
    return {
      kind: 'range',
      from: move(right.from, change) as Constant,
      to: move(right.to, change) as Constant,
    };
  if (right.kind !== 'set') return right;
  return { ...right, elements: right.elements.map((one) => ({ ...one, key: move(one.key, change) })) };
}

function givesPort(address: Expression): boolean {
  if (address.kind !== 'map') return false;
  return address.map.kind === 'set' && address.map.elements.some(({ data }) => data?.kind === 'concat');
}

/** Whether the key of a map asks itself for the transport protocol or for one of its fields. */
function asksTransport(address: Expression | undefined): boolean {
  if (address?.kind !== 'map' || address.key.kind !== 'concat') return false;
  return address.key.parts.some(
    (part) =>
      (part.kind === 'payload' && part.header !== 'th' && layerOf(part.header) === 'th') ||
      (part.kind === 'meta' && part.key === 'l4proto') ||
      (part.kind === 'payload' &&
        (part.field === 'protocol' || part.field === 'nexthdr') &&
        layerOf(part.header) === 'nh'),
  );
}
