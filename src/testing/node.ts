import type { Family } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import { parsePacket } from '../engine/notation.ts';
import type { Packet } from '../engine/packet.ts';
import { type Trace, tracePacket } from '../engine/trace.ts';
import { buildHost } from '../host/build.ts';
import type { Host, HostFields } from '../host/model.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { NodeTexts } from '../report/node-texts.ts';
import type { PlaceTexts } from '../report/place-texts.ts';
import { RuleTexts } from '../report/rule-texts.ts';
import { printPacket, printTraceText } from '../report/trace-text.ts';
import { hostBeside, type NodeState, nothingKnown, programBeside } from '../session/node-state.ts';
import type { NodeProgram } from '../session/program.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

/** What a node under test is made of. */
export interface NodeParts {
  /** How messages name it. */
  readonly name: string;
  readonly ruleset: Ruleset;
  /** The text that the rule set was read from, at which traces point. */
  readonly source: Source;
  /** What is known of its network: of several, the first that has a field decides. Default: nothing. */
  readonly network?: readonly HostFields[];
  /** What the node's sets and IPVS hold; without it, nobody knows. */
  readonly state?: NodeState;
  /** Warnings and notes of what was read. */
  readonly problems?: readonly Problem[];
  /** All of the node's rules where some are of nft; `ruleset` holds those of iptables then, if there are any. */
  readonly all?: NodeProgram;
}

/** A node with its rules and its network, of which expectations are asked. */
export class TestNode {
  readonly name: string;
  readonly ruleset: Ruleset;
  readonly source: Source;
  readonly network: readonly HostFields[];
  readonly host: Host;
  readonly problems: readonly Problem[];
  readonly program: IrProgram;
  /** Null: the rules are of iptables alone. */
  readonly all: NodeProgram | null;
  readonly #texts: PlaceTexts;

  constructor(parts: NodeParts) {
    const { name, ruleset, source, network = [], state = nothingKnown, problems = [], all = null } = parts;
    this.name = name;
    this.ruleset = ruleset;
    this.source = source;
    this.network = network;
    this.host = hostBeside(buildHost(ruleset.family, network), state);
    this.problems = problems;
    this.all = all;
    this.program = all ? all.program : programBeside(ruleset, source, state);
    this.#texts = all ? new NodeTexts(all) : new RuleTexts(ruleset, source);
  }

  /** Of the rules, and so of every packet that may be asked. */
  get family(): Family {
    return this.ruleset.family;
  }

  /** The rules as text: the dump that was read, or that was compiled. */
  get text(): string {
    return this.source.text;
  }

  /** The rules, as messages spell them. */
  get texts(): PlaceTexts {
    return this.#texts;
  }

  /**
   * A packet that meets this node, the first of its flow: `'tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external'`, or
   * what `parsePacket` made of that. Throws an InputError where it is not written as packets are, or is of the other
   * address family.
   */
  packet(packet: string | Packet): TestPacket {
    return new TestPacket(
      this,
      typeof packet === 'string' ? parsePacket({ name: 'packet', text: packet }) : packet,
    );
  }
}

/** A packet, and all that can happen to it on a node. */
export class TestPacket {
  readonly node: TestNode;
  readonly packet: Packet;
  /** With the rules that every outcome met. */
  readonly trace: Trace;

  constructor(node: TestNode, packet: Packet) {
    this.node = node;
    this.packet = packet;
    this.trace = tracePacket(node.program, node.host, packet, { trace: true });
  }

  /** `tcp 198.51.100.7:40000 -> 10.96.0.1:80 from external` */
  toString(): string {
    return printPacket(this.packet);
  }

  /** Every rule on its way and every outcome, as `kubenat trace` prints them. */
  printTrace(): string {
    return printTraceText([{ id: this.toString(), trace: this.trace }], this.node.texts);
  }
}
