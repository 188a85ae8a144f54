import type { Address } from '../address/address.ts';
import type { HostDoubt } from '../host/doubt.ts';
import type { Hook } from '../iptables/rule/ruleset.ts';
import type { Fraction } from '../sets/fraction.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import type { Collector } from './collector.ts';
import type { Timeouts, Tracking, Zones } from './connection.ts';
import type { Content } from './content.ts';
import type { Instruction, IrChain, IrRule, RulePlace } from './ir.ts';
import type { Memory } from './memory.ts';
import type { OutcomeEnd } from './outcome.ts';
import type { Packet } from './packet.ts';
import type { Passage } from './passage.ts';
import type { Step } from './steps.ts';

/** Where the walk goes on when a chain has ended. */
export interface Frame {
  readonly chain: IrChain;
  readonly index: number;
  readonly caller: Frame | null;
}

/** A rule that the packet matched, and the ones before it. */
export interface Matched {
  readonly place: RulePlace;
  readonly hook: Hook;
  /** The mark after the rule. */
  readonly mark: number;
  /** On another way, of which nobody knows whether it is the right one, the packet did not match it. */
  readonly perhaps?: true;
  readonly before: Matched | null;
}

/** The header as it is at the moment. Ports are null where they are not known, or there are none. */
export interface Header {
  source: Address;
  destination: Address;
  sourcePort: number | null;
  destinationPort: number | null;
}

/** What became of one of the two packets that one to many is: the other one goes on. */
export interface Twin {
  /** The one that waits, as it was when the copy was made. */
  readonly waiting?: Branch;
  /** The one that has left; what is walked is its copy. */
  readonly left?: OutcomeEnd;
}

/** The copy that the node keeps of what it sends to many. Null: none comes back to it. */
export interface CopyEnd {
  /** Unknown: of ends that are one since the packet itself comes to the same, not all have one verdict. */
  readonly verdict: 'accept' | 'drop' | 'unknown';
  /** The header as the node itself sees it. */
  readonly left: Header;
  /** Whether there is a copy at all hangs on who listens. */
  readonly certain: boolean;
}

/** What a routing decision goes by. `told`: what who looks on knows of the mark beside that. */
export interface RouteInput {
  readonly source: Address;
  readonly destination: Address;
  readonly mark: number;
  readonly told: string | undefined;
}

interface Epochs {
  readonly source: number;
  readonly destination: number;
  /** Of any of its bytes. */
  readonly packet: number;
}

/** What an entry to come is to have: the rule that wants it, and what that is. */
export interface Template {
  readonly by: IrRule;
  readonly zones: Zones;
  readonly helper?: string | undefined;
  readonly timeouts?: Timeouts;
}

const firstEpochs: Epochs = { source: 0, destination: 0, packet: 0 };
const nothingSupposed: ReadonlyMap<string, boolean | IntervalSet> = new Map();
const noContents: ReadonlyMap<string, Content> = new Map();

/**
 * One of the ways that a packet can go, in the middle of its walk. Changed in place as it goes on, copied where ways
 * part: everything it points to is never changed, so a copy is shallow.
 */
export class Branch implements Header {
  source: Address;
  destination: Address;
  sourcePort: number | null;
  destinationPort: number | null;
  mark = 0;
  /** Interfaces as rules see them at this hook: empty where there is none. */
  in = '';
  out = '';
  /** Where it came in; empty where the node made it. */
  ingress = '';
  /** Where it will leave, by the latest routing decision. */
  egress = '';
  /** What OUTPUT shows as `-o`: the first decision, also after another one. */
  firstEgress = '';
  /** What the latest routing decision was made for. */
  routed: RouteInput | null = null;
  hook: Hook = 'PREROUTING';
  tracking: Tracking = 'none';
  /** What a rule before connection tracking wants of a new entry: the first one that wants something decides. */
  template: Template | null = null;
  /** Next hop on `egress`; null: the destination itself. */
  gateway: Address | null = null;
  /** Whether it was made by the node itself. */
  local: boolean;
  /** Sent to everybody on a link: nobody answers with an error. */
  broadcast = false;
  /** Made by the node for many: it keeps a copy, if the question has that answer; of null it does in any case. */
  copies: { readonly question: string | null } | null = null;
  twin: Twin | null = null;
  /** It comes back by lo, for a group to which the node does not listen. */
  unheard = false;
  copied: CopyEnd | null = null;
  /** What it was, before the node answered with an error and the walk went on with that answer. */
  rejected: { readonly with: string; readonly header: Header } | null = null;
  /** The rule that demanded that; null: none did. */
  rejectedAt: Matched | null = null;

  steps: readonly Step[] = [];
  position = 0;
  chain: IrChain | null = null;
  index = 0;
  /** What is left of the rule that it stands at, and how far it is; -1: it has just come to it. */
  code: readonly Instruction[] = [];
  at = -1;
  caller: Frame | null = null;

  weight: Fraction;
  memory: Memory;
  collector: Collector;
  /** Answers that were supposed for questions that have none, by question: of a field, the values that it may have. */
  supposed: ReadonlyMap<string, boolean | IntervalSet> = nothingSupposed;
  /** What fields hold that rules have changed and the branch does not keep otherwise, by `fieldKey`. */
  contents: ReadonlyMap<string, Content> = noContents;
  /** How often the header was changed: what is not known may then be something else. */
  epochs: Epochs = firstEpochs;
  matched: Matched | null = null;
  /** Where it came by; noted where a guide asks for it. */
  passed: Passage | null = null;

  readonly packet: Packet;

  constructor(packet: Packet, local: boolean, weight: Fraction, memory: Memory, collector: Collector) {
    this.packet = packet;
    this.source = packet.source;
    this.destination = packet.destination;
    this.sourcePort = packet.sourcePort;
    this.destinationPort = packet.destinationPort;
    this.local = local;
    this.weight = weight;
    this.memory = memory;
    this.collector = collector;
  }

  /** Field by field, which is ten times as fast as to assign whatever there is, and is done wherever ways part. */
  copy(): Branch {
    const copy = new Branch(this.packet, this.local, this.weight, this.memory, this.collector);
    copy.source = this.source;
    copy.destination = this.destination;
    copy.sourcePort = this.sourcePort;
    copy.destinationPort = this.destinationPort;
    copy.mark = this.mark;
    copy.in = this.in;
    copy.out = this.out;
    copy.ingress = this.ingress;
    copy.egress = this.egress;
    copy.firstEgress = this.firstEgress;
    copy.routed = this.routed;
    copy.hook = this.hook;
    copy.tracking = this.tracking;
    copy.template = this.template;
    copy.gateway = this.gateway;
    copy.broadcast = this.broadcast;
    copy.copies = this.copies;
    copy.twin = this.twin;
    copy.unheard = this.unheard;
    copy.copied = this.copied;
    copy.rejected = this.rejected;
    copy.rejectedAt = this.rejectedAt;
    copy.answer = this.answer;
    copy.steps = this.steps;
    copy.position = this.position;
    copy.chain = this.chain;
    copy.index = this.index;
    copy.code = this.code;
    copy.at = this.at;
    copy.caller = this.caller;
    copy.supposed = this.supposed;
    copy.contents = this.contents;
    copy.epochs = this.epochs;
    copy.matched = this.matched;
    copy.passed = this.passed;
    return copy;
  }

  get protocol(): number {
    return this.answer ? this.answer.protocol : this.packet.protocol;
  }

  /** Header fields of the node's own answer, while the walk follows it. */
  answer: {
    readonly protocol: number;
    readonly flags: number;
    readonly icmp: Packet['icmp'];
    /** Of an error: the link of what it is about, which it takes where its destination is of one link (icmp6_send). Null: a reset. */
    readonly link: string | null;
    /** Whether it leaves by a port of a bridge, past all rules and untranslated. */
    readonly pastRules: boolean | HostDoubt;
  } | null = null;

  get flags(): number {
    return this.answer ? this.answer.flags : this.packet.flags;
  }

  get icmp(): Packet['icmp'] {
    return this.answer ? this.answer.icmp : this.packet.icmp;
  }
}

/** The rule at which the branch stands, while its matches are evaluated. */
export function currentRule({ chain, index }: Branch): IrRule {
  return chain?.rules[index] as IrRule;
}

export function headerOf({ source, destination, sourcePort, destinationPort }: Header): Header {
  return { source, destination, sourcePort, destinationPort };
}
