import type { Constant, Expression, Payload, Value } from '../../expression.ts';
import { headers } from '../../headers.ts';
import type { NftFamily } from '../../model.ts';
import { Refusal } from '../../refusal.ts';
import type { Statement } from '../../statement.ts';
import type { TypeName } from '../../types.ts';
import {
  firstLayer,
  icmpTypeOf,
  type Layer,
  layerOf,
  numberOf,
  type Protocol,
  ProtocolContext,
  tellsProtocol,
} from '../context.ts';

/** A statement as it is loaded: fields of headers by their places. `tells`: it asks which protocol follows. */
export interface Loaded {
  readonly statement: Statement;
  readonly tells?: true;
}

const echo: Readonly<Record<string, readonly number[]>> = { icmp: [0, 8], icmpv6: [128, 129] };

const value = (type: TypeName, number: number): Value => ({ kind: 'value', type, value: number });

/** The rule so far, and what it has asked of protocols: the questions that a field needs are put before it. */
export class Protocols {
  readonly loaded: Loaded[] = [];
  readonly context: ProtocolContext;

  constructor(family: NftFamily) {
    this.context = new ProtocolContext(family);
  }

  push(statement: Statement, tells = false): void {
    this.loaded.push(tells ? { statement, tells } : { statement });
  }

  /** A question for a single value that goes before what is being evaluated, or before the whole rule. */
  private ask(field: Expression, answer: Value, isFirst = false): void {
    const before = field.kind === 'payload' && layerOf(field.header) === 'll' ? this.context.stackedBits : 0;
    const lowered = field.kind === 'payload' ? placeOf(field, before) : field;
    const loaded: Loaded = {
      statement: { kind: 'match', left: lowered, operator: '==', right: answer },
      ...(field.kind === 'payload' && tellsProtocol(field) && { tells: true }),
    };
    if (isFirst) this.loaded.unshift(loaded);
    else this.loaded.push(loaded);
    this.context.learn(field, Number(answer.value));
  }

  /** Asks whether the upper protocol follows the lower one. */
  depend(lower: Protocol, upper: Protocol, isFirst = false): void {
    const number = numberOf(lower, upper);
    if (number === undefined) throw new Refusal(`${lower} is not followed by ${upper}`);
    const [field, type] = keyOf(lower);
    this.ask(field, value(type, number), isFirst);
  }

  private interfaceType(): void {
    this.ask({ kind: 'meta', key: 'iiftype' }, value('iface_type', 1));
  }

  /** Sees to it that the header of a field is there; gives the bits before it in its layer. */
  need(field: Payload): number {
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
      // A tag of VLAN that was asked for where a network stands.
      const isOfLayer = known !== null && layerOf(known) === layer;
      const follows = isOfLayer && numberOf(known, header) !== undefined && layer !== 'll';
      if (!follows || this.isAboveKnown(layer)) throw new Refusal(`${header} contradicts ${known}`);
      this.depend(known, header);
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
      this.push({ kind: 'match', left: placeOf(asked, 0), operator: '==', right });
    } else this.ask(asked, value(name, type));
    context.icmpType = type;
  }

  /** Headers between others need their network, and it is asked for before all else. */
  needNetwork(protocol: 'ip' | 'ip6'): void {
    const { at } = this.context;
    if (at.nh === protocol) return;
    if (at.nh !== null) throw new Refusal(`${protocol} contradicts ${at.nh}`);
    this.depend(at.ll as Protocol, protocol, true);
  }

  linkFor(network: Protocol): Protocol {
    const { family, at } = this.context;
    return family === 'bridge' && at.ll === 'ether' && network !== 'arp' ? 'netdev' : (at.ll as Protocol);
  }
}

/** The place of a field, with so many bits before its header. */
export function placeOf({ header, field }: Payload, before: number): Extract<Expression, { kind: 'raw' }> {
  const own = headers[header] as (typeof headers)[string];
  const [, offset, length] = own.fields[field] as readonly [TypeName, number, number];
  return { kind: 'raw', base: own.base, offset: before + offset, length };
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
