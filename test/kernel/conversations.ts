import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { type Family, formatAddress, parseAddress } from '../../src/address/address.ts';
import type { Connection, Tuple } from '../../src/engine/connection.ts';
import { statusBits } from '../../src/engine/fields.ts';
import type { IrProgram } from '../../src/engine/ir.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { isIcmp, type Packet } from '../../src/engine/packet.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import type { Host } from '../../src/host/model.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { InputError } from '../../src/text/problem.ts';
import { type Backend, type Ends, rulesFor } from './conversation-rules.ts';
import { hostOf, nodes } from './node.ts';

/** What conversation.py is asked: packets that belong together. */
export interface Conversation {
  readonly family: Family;
  readonly backend: Backend;
  readonly rules: string;
  readonly sysctls: Readonly<Record<string, number>>;
  /** Whether hosts send of TCP what hosts do; else anything, and windows are not looked at. */
  readonly polite: boolean;
  readonly steps: readonly Step[];
}

type Step =
  | {
      readonly do: 'packet';
      readonly proto: number;
      readonly src: string;
      readonly sport: number | null;
      readonly dst: string;
      readonly dport: number | null;
      readonly from: 'external' | 'pod' | 'host';
      readonly flags: number;
      readonly type?: number;
      readonly code?: number;
      readonly flow: number;
      readonly back?: boolean;
    }
  | { readonly do: 'answer' | 'again'; readonly of: number; readonly flags: number }
  | {
      readonly do: 'error';
      readonly of: number;
      readonly src: string;
      readonly type: number;
      readonly code: number;
    }
  | { readonly do: 'wait' | 'sleep'; readonly seconds: number };

interface SeenEnds {
  readonly proto: number;
  readonly src: string;
  readonly sport: number | null;
  readonly dst: string;
  readonly dport: number | null;
  readonly type?: number | null;
  readonly code?: number | null;
}

interface SentPacket extends SeenEnds {
  readonly from: 'external' | 'pod' | 'host';
  readonly flags: number;
  readonly about: (SeenEnds & { readonly flags: number }) | null;
}

interface SeenOutcome extends Partial<SeenEnds> {
  readonly verdict: 'accept' | 'drop' | 'reject';
  readonly delivered?: 'pod' | 'uplink' | 'local';
  readonly with?: string;
}

interface Entry {
  readonly original: SeenEnds;
  readonly reply: SeenEnds;
  readonly status: number;
  readonly timeout: number;
  readonly mark: number;
  readonly zones: readonly number[];
  readonly tcp: string | null;
}

interface SeenStep {
  readonly sent: SentPacket | null;
  readonly outcome: SeenOutcome | null;
  readonly entries: readonly Entry[];
  /** Seconds by the clock: on a busy machine they count. */
  readonly at: number;
}

export type Heard = { readonly steps: readonly SeenStep[] } | { readonly refused: string };

/** conversation.py, a process of its own. */
export class Listener {
  private readonly child: ChildProcess;
  private readonly waiting: ((line: string) => void)[] = [];

  constructor() {
    const script = join(import.meta.dirname, 'conversation.py');
    this.child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => this.waiting.shift()?.(line));
    this.child.on('exit', () => {
      for (const answer of this.waiting.splice(0)) answer('{"refused": "the instrument has ended"}');
    });
  }

  ask(conversation: Conversation): Promise<Heard> {
    return new Promise((resolve) => {
      this.waiting.push((line) => resolve(JSON.parse(line)));
      this.child.stdin?.write(`${JSON.stringify(conversation)}\n`);
    });
  }

  close(): void {
    this.child.stdin?.end();
  }
}

// What is said.

const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;

const opening = (proto: number, flags: number) => (proto === 6 ? flags : 0);

function packetOf(family: Family, ends: Ends, flow: number): fc.Arbitrary<Step> {
  const icmp = family === 'ipv4' ? 1 : 58;
  const echo = family === 'ipv4' ? 8 : 128;
  return fc
    .record({
      proto: fc.constantFrom(6, 6, 6, 6, 17, 17, icmp, icmp, 132, 47, 50),
      from: fc.constantFrom('external' as const, 'external' as const, 'pod' as const, 'host' as const),
      sport: fc.constantFrom(1000, 1000, 500, 20000, 20001),
      dst: fc.constantFrom(
        ...ends.virtual.slice(0, 2),
        ...ends.virtual.slice(0, 2),
        ends.pods[0],
        ends.node[0],
        ends.outside[0],
      ),
      dport: fc.constantFrom(80, 80, 80, 81, 8080),
      who: fc.nat(1),
      flags: fc.constantFrom(SYN, SYN, SYN, SYN, SYN, SYN, SYN, ACK, SYN | ACK, RST, FIN | ACK),
      type: fc.constantFrom(
        echo,
        echo,
        echo,
        echo,
        family === 'ipv4' ? 13 : echo,
        family === 'ipv4' ? 0 : 129,
      ),
    })
    .map(({ proto, from, sport, dst, dport, who, flags, type }): Step => {
      const sources = { external: ends.outside, pod: ends.pods, host: [ends.node[0] as string] };
      const ported = ![1, 58, 47, 50].includes(proto);
      return {
        do: 'packet',
        proto,
        src: (sources[from][who] ?? sources[from][0]) as string,
        sport: ported || isIcmp(proto) ? sport : null,
        dst: dst as string,
        dport: ported ? dport : null,
        from,
        flags: opening(proto, flags),
        ...(isIcmp(proto) && { type, code: 0 }),
        flow,
      };
    });
}

const tcpFlagsOf = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(ACK, PSH | ACK) },
  { weight: 2, arbitrary: fc.constantFrom(FIN | ACK, RST, RST | ACK) },
  { weight: 1, arbitrary: fc.constantFrom(SYN, SYN | ACK, 0, FIN, SYN | FIN) },
);
/** Nobody answers a SYN with another one. */
const answering = tcpFlagsOf.map((flags) => (flags === SYN ? SYN | ACK : flags));

/** A step after others: mostly of a conversation that goes on. */
function stepOf(family: Family, ends: Ends, index: number, waits: boolean): fc.Arbitrary<Step> {
  const of = fc.nat(index - 1);
  const errors: readonly (readonly [number, number])[] =
    family === 'ipv4'
      ? [
          [3, 4],
          [3, 3],
          [11, 0],
        ]
      : [
          [2, 0],
          [1, 4],
          [3, 0],
        ];
  const late = fc.nat(2).map((back) => Math.max(0, index - 1 - back));
  const flags = fc.oneof(
    { weight: 1, arbitrary: answering },
    { weight: 1, arbitrary: fc.constant(SYN | ACK) },
  );
  return fc.oneof(
    { weight: 3, arbitrary: packetOf(family, ends, index) },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('answer' as const), of: fc.oneof(of, late), flags }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('again' as const), of: fc.oneof(of, late), flags: tcpFlagsOf }),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({
          do: fc.constant('error' as const),
          of: fc.oneof(of, late),
          src: fc.constantFrom(...ends.outside),
          error: fc.constantFrom(...errors),
        })
        .map(({ error: [type, code], ...rest }) => ({ ...rest, type, code })),
    },
    {
      weight: waits ? 2 : 0,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        seconds: fc.constantFrom(5, 12, 31, 45, 65, 125, 190, 610),
      }),
    },
  );
}

const sysctlsOf = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ 'net.netfilter.nf_conntrack_tcp_loose': 0 }) },
  { weight: 1, arbitrary: fc.constant({ 'net.netfilter.nf_conntrack_tcp_be_liberal': 1 }) },
  {
    weight: 1,
    arbitrary: fc.constant({
      'net.netfilter.nf_conntrack_tcp_timeout_syn_sent': 20,
      'net.netfilter.nf_conntrack_tcp_timeout_close': 40,
      'net.netfilter.nf_conntrack_icmp_timeout': 7,
      'net.netfilter.nf_conntrack_gre_timeout': 50,
      'net.netfilter.nf_conntrack_generic_timeout': 90,
    }),
  },
);

/** Whether a reset counts is always a matter of its number, which the interpreter does not see. */
function tempered(step: Step, polite: boolean, waits: boolean): Step {
  if (step.do === 'wait' && !waits) return { do: 'again', of: 0, flags: ACK };
  if (polite || (step.do !== 'answer' && step.do !== 'again') || (step.flags & RST) === 0) return step;
  return { ...step, flags: ACK };
}

/** Of UDP, time cannot be made to pass: a stream is one by the clock. */
function canWait(steps: readonly Step[]): boolean {
  return !steps.some((step) => step.do === 'packet' && [17, 136, 132].includes(step.proto));
}

/** Conversations of so many steps, all under the same rules: these need to be loaded once. */
export function conversationsOf(
  family: Family,
  backend: Backend,
  { talks, length }: { readonly talks: number; readonly length: number },
): fc.Arbitrary<readonly Conversation[]> {
  const ends: Ends = nodes[family];
  const steps = fc.tuple(
    packetOf(family, ends, 0),
    ...Array.from({ length: length - 1 }, (_, index) => stepOf(family, ends, index + 1, true)),
  );
  return fc
    .record({
      rules: rulesFor(backend, family, ends),
      polite: fc.boolean(),
      sysctls: sysctlsOf,
      all: fc.array(steps, { minLength: talks, maxLength: talks, size: 'max' }),
    })
    .map(({ rules, sysctls, all, polite }) =>
      all.map((own) => ({
        family,
        backend,
        rules,
        polite,
        sysctls: polite ? sysctls : { ...sysctls, 'net.netfilter.nf_conntrack_tcp_be_liberal': 1 },
        steps: own.map((step) => tempered(step, polite, canWait(own))),
      })),
    );
}

// What the interpreter says to it.

export interface Difference {
  readonly step: number;
  readonly sent: SentPacket | null;
  readonly seen: string;
  readonly possible: readonly string[];
}

export interface Compared {
  readonly packets: number;
  readonly unknown: number;
  readonly differences: readonly Difference[];
}

/** Walks what was sent, and holds it against what came of it. */
export function hold(conversation: Conversation, steps: readonly SeenStep[]): Compared {
  const { family, sysctls } = conversation;
  const host = withSysctls(family, sysctls);
  const node = new Sequence(programOf(conversation), host, { freshCounters: true });
  const differences: Difference[] = [];
  let waited = 0;
  let [packets, unknown] = [0, 0];
  let isSure = true;
  let isTaken = false;
  for (const [index, { sent, outcome, entries, at }] of steps.entries()) {
    const step = conversation.steps[index] as Step;
    if (step.do === 'wait') waited += step.seconds;
    const now = waited + at;
    if (sent && outcome) {
      const packet = packetFrom(sent);
      const told = nextOf(node, packet, now);
      if (told === null) {
        unknown += 1;
        break;
      }
      const { outcomes, assumed } = told;
      // An answer to a port that chance may have chosen is taken for one, and that is told; here it may be a stranger's.
      isTaken = assumed.some(({ code }) => code === 'to-chosen-port');
      const before = steps[index - 1]?.entries ?? [];
      const isStrangers = isTaken && ![...before, ...entries].some((entry) => isAnswered(entry, sent));
      packets += 1;
      isSure &&= outcomes.length === 1 && isOneWorld(node);
      const known = outcomes.every(({ verdict }) => verdict !== 'unknown');
      if (!known) unknown += 1;
      const seen = printSeen(outcome, sent);
      const possible = outcomes.map((one) => printPossible(one, sent));
      if (known && !possible.some((one) => fits(one, seen))) {
        if (isTaken) break;
        differences.push({ step: index, sent, seen, possible });
        break;
      }
      // All that follows would be told of a node that took it for an answer.
      if (!known || isStrangers) break;
    }
    if (!isSure) continue;
    const said = node.connections
      .filter(({ expires, confirmed }) => confirmed && (expires === null || expires > now))
      .map((one) => printConnection(one, now));
    const real = entries.map(printEntry);
    if (!sameEntries(said, real, conversation.polite)) {
      if (isTaken) break;
      differences.push({ step: index, sent, seen: real.join(' | '), possible: said });
      break;
    }
  }
  return { packets, unknown, differences };
}

function programOf({ family, backend, rules }: Conversation): IrProgram {
  const source = { name: 'rules', text: rules };
  if (backend === 'nftables') return new NftProgram(readNft(source).ruleset, family);
  return buildProgram(readDump(source, { family, backend }).ruleset);
}

/** Null: chance has led to more ways than are followed, which is said. */
function nextOf(node: Sequence, packet: Packet, now: number): ReturnType<Sequence['next']> | null {
  try {
    return node.next(packet, now);
  } catch (error) {
    if (error instanceof InputError && error.problems.every(({ code }) => code === 'too-many-ways'))
      return null;
    throw error;
  }
}

/** Whether it is known what the node remembers. */
function isOneWorld(node: Sequence): boolean {
  const { worlds } = node as unknown as { worlds: readonly { memories: readonly unknown[] }[] };
  return worlds.length === 1 && worlds[0]?.memories.length === 1;
}

function withSysctls(family: Family, sysctls: Readonly<Record<string, number>>): Host {
  const host = hostOf(family);
  return { ...host, sysctls: new Map([...host.sysctls, ...Object.entries(sysctls)]) };
}

function packetFrom(sent: SentPacket): Packet {
  return {
    ...quotedFrom(sent),
    from: sent.from,
    flags: sent.flags ?? 0,
    state: null,
    ...(sent.about && { about: quotedFrom(sent.about) }),
  };
}

function quotedFrom({ proto, src, dst, sport, dport, type, code }: SeenEnds) {
  return {
    protocol: proto,
    source: parseAddress(src) as Packet['source'],
    destination: parseAddress(dst) as Packet['source'],
    sourcePort: sport,
    destinationPort: dport,
    icmp: { type: type ?? 0, code: code ?? 0 },
  };
}

const ported = (proto: number) => [6, 17, 132, 136].includes(proto);

/** Whether a packet, or what an error quotes, answers an entry. */
function isAnswered({ reply }: Entry, { about, ...own }: SentPacket): boolean {
  const { src, sport, dst, dport, proto } = about ?? own;
  const ends = about ? { src: dst, sport: dport, dst: src, dport: sport } : { src, sport, dst, dport };
  if (isIcmp(proto))
    return (
      reply.proto === proto &&
      [reply.src, reply.dst].join() === [ends.src, ends.dst].join() &&
      reply.sport === sport
    );
  return printTuple(reply) === printTuple({ proto, ...ends });
}

function printSeen(
  { verdict, delivered, src, dst, sport, dport, with: error }: SeenOutcome,
  { proto }: SentPacket,
): string {
  if (verdict === 'reject') return `reject ${error}`;
  if (verdict !== 'accept') return verdict;
  return `${delivered} ${src}${ported(proto) ? ` ${sport}` : ''} -> ${dst}${ported(proto) ? ` ${dport}` : ''}`;
}

function printPossible({ verdict, delivered, left, rejectWith }: Outcome, { proto }: SentPacket): string {
  if (verdict === 'reject') return `reject ${rejectWith}`;
  if (verdict !== 'accept') return verdict;
  const port = (value: number | null) => (ported(proto) ? ` ${value ?? '*'}` : '');
  return `${delivered} ${formatAddress(left.source)}${port(left.sourcePort)} -> ${formatAddress(left.destination)}${port(left.destinationPort)}`;
}

/** `*` is any port, and `|` stands between what may be. */
function fits(possible: string, seen: string): boolean {
  const [said, real] = [possible.split(' '), seen.split(' ')];
  return (
    said.length === real.length &&
    said.every((word, index) => word === '*' || word.split('|').includes(real[index] as string))
  );
}

function printTuple(ends: SeenEnds): string {
  const { proto, src, dst, sport, dport, type, code } = ends;
  if (isIcmp(proto)) return `${proto} ${src} ${sport} -> ${dst} ${((type ?? 0) << 8) | (code ?? 0)}`;
  return ported(proto) ? `${proto} ${src} ${sport} -> ${dst} ${dport}` : `${proto} ${src} -> ${dst}`;
}

const shownBits = statusBits.SEEN_REPLY | statusBits.ASSURED | statusBits.SNAT | statusBits.DNAT;

function printEntry({ original, reply, status, timeout, mark, tcp, zones }: Entry): string {
  return `${printTuple(original)} / ${printTuple(reply)} status ${status & shownBits} mark ${mark} zones ${zones} tcp ${tcp} left ${timeout}`;
}

function printConnection(connection: Connection, now: number): string {
  const { original, reply, mark, tcp, expires, fades } = connection;
  const most = expires === null ? '*' : Math.round(expires - now);
  const left = fades === null || fades === expires ? most : `${Math.round(fades - now)}|${most}`;
  return `${printKnown(original)} / ${printKnown(reply)} status ${statusesOf(connection).join('|')} mark ${mark} zones ${connection.zones} tcp ${tcp?.state ?? null} left ${left}`;
}

/** Two where nobody knows whether the source has kept its port. */
function statusesOf(connection: Connection): readonly number[] {
  const { sourceChanged } = connection;
  if (sourceChanged !== null) return [statusOf(connection)];
  return [false, true].map((changed) => statusOf({ ...connection, sourceChanged: changed }));
}

function statusOf(connection: Connection): number {
  const { seenReply, assured, sourceChanged, destinationChanged } = connection;
  return (
    (seenReply ? statusBits.SEEN_REPLY : 0) |
    (assured ? statusBits.ASSURED : 0) |
    (sourceChanged ? statusBits.SNAT : 0) |
    (destinationChanged ? statusBits.DNAT : 0)
  );
}

function printKnown({ protocol, source, sourcePort, destination, destinationPort }: Tuple): string {
  const [src, dst] = [formatAddress(source), formatAddress(destination)];
  if (!ported(protocol) && !isIcmp(protocol)) return `${protocol} ${src} -> ${dst}`;
  return `${protocol} ${src} ${sourcePort ?? '*'} -> ${dst} ${destinationPort ?? '*'}`;
}

/** Seconds that asking takes on a busy machine. */
const slack = 15;

/** Two lists of the same entries, in any order; seconds that pass meanwhile do not count. */
function sameEntries(said: readonly string[], real: readonly string[], polite: boolean): boolean {
  const left = [...real];
  for (const one of said) {
    const at = left.findIndex((other) => isEntry(one, other, polite));
    if (at !== -1) left.splice(at, 1);
    else if (!(leftOf(one).some((seconds) => seconds <= slack) || (!polite && / tcp ES /.test(one))))
      return false;
  }
  return left.length === 0;
}

/** What is not known is one of two times. */
function leftOf(entry: string): readonly number[] {
  return (entry.split(' ').at(-1) as string).split('|').map(Number);
}

function isEntry(said: string, real: string, polite: boolean): boolean {
  const [one, other] = [said.split(' '), real.split(' ')];
  const last = one.length - 1;
  // What does not fit acknowledges nothing.
  const misfits = !polite && one[last - 2] === 'ES' && Number(other[last]) <= 300;
  const seconds =
    one[last] === '*' ||
    misfits ||
    leftOf(said).some((left) => Math.abs(left - Number(other[last])) <= slack);
  return seconds && fits(one.slice(0, last).join(' '), other.slice(0, last).join(' '));
}
