import type { Ct, Expression, Payload } from '../../expression.ts';
import { isField } from '../../fields.ts';
import type { NftFamily } from '../../model.ts';
import type { Match, Statement } from '../../statement.ts';
import { icmpTypeOf, ProtocolContext, protocolAbove, tellsProtocol } from '../context.ts';

/** A place in the rule that is listed; null once its question goes without saying. */
export type Slot = { statement: Statement | null };

/** Layers for which a question may turn out to go without saying. */
export type Asked = 'll' | 'nh' | 'th' | 'inner';

const layerAbove = { ll: 'nh', nh: 'th', th: 'inner' } as const;

/** The questions for a protocol that may go, because a field after them says the same. */
export class Questions {
  readonly context: ProtocolContext;
  private readonly family: NftFamily;
  private asked: { [L in Asked]?: Slot } = {};
  /** The type of ICMP that the question for the transport's header told. */
  private icmpType = 0;

  constructor(family: NftFamily) {
    this.family = family;
    this.context = new ProtocolContext(family);
  }

  /** What was asked until now stays in the rule. */
  keepAll(): void {
    this.asked = {};
    this.icmpType = 0;
  }

  store(slot: Slot, layer: Asked | null, field?: Payload): void {
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
  learn(match: Match, slot: Slot, layer: Asked | null, isInterface: boolean): void {
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

  forget(layer: Asked): void {
    const slot = this.asked[layer];
    if (!slot) return;
    slot.statement = null;
    delete this.asked[layer];
  }

  forgetForOption(expression: Expression): void {
    if (expression.kind === 'option' && expression.of === 'ip') this.forget('nh');
    else this.forgetTransport();
  }

  forgetTransport(): void {
    this.forget(this.asked.th ? 'th' : 'inner');
  }

  /** A field of a header says that the header is there. */
  kill(field: Payload, isLookup = false): void {
    if (field.header === 'unknown') return;
    const layer = baseOf(field);
    const at: Asked | null = this.asked[layer] ? layer : layer === 'th' && this.asked.inner ? 'inner' : null;
    if (at !== null && this.mayKill(field, layer, (this.asked[at] as Slot).statement as Match, isLookup))
      this.forget(at);
  }

  /** `isLookup`: several values are asked for, which tell no protocol. */
  private mayKill(field: Payload, layer: Asked, dependency: Match, isLookup: boolean): boolean {
    const { left, operator, right } = dependency;
    const isWide = this.family === 'bridge' || this.family === 'netdev' || this.family === 'inet';
    if (isWide && left.kind === 'payload') {
      const own = baseOf(left);
      if (own === 'nh' && (left.header === 'ip' || left.header === 'ip6') && layer === 'th') return false;
      if (operator === '==' && own === layer) {
        if (tellsProtocol(field) && !isLookup) return false;
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
}

const baseOf = ({ header }: Payload): 'll' | 'nh' | 'th' => {
  if (header === 'ether' || header === 'vlan') return 'll';
  return header === 'ip' || header === 'ip6' || header === 'arp' ? 'nh' : 'th';
};

const tellsNext = (field: Expression) =>
  field.kind === 'meta' || (field.kind === 'ct' && (field.key === 'l3proto' || field.key === 'protocol'));

export function metaLayer(key: string): Asked | null {
  if (key === 'nfproto' || key === 'protocol') return 'll';
  return key === 'l4proto' ? 'nh' : null;
}

/** Addresses of a connection say of which network it is, too. */
export function ctLayer({ key, family, isImplied }: Ct): Asked | null {
  if (key === 'l3proto') return 'll';
  // An address that says its family is another key to the kernel, of which nft knows no layer.
  if (family !== undefined && !isImplied) return null;
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
