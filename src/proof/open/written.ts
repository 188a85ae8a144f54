import type { Branch } from '../../engine/branch.ts';
import type { Memory } from '../../engine/memory.ts';
import { listMatched } from '../../engine/outcome.ts';
import { isIcmp } from '../../engine/packet.ts';
import type { ProgramRule } from '../../engine/program.ts';
import { hasTrackedPorts } from '../../engine/tracking.ts';
import { printTarget } from '../../iptables/rule/print.ts';
import type {
  DnatTarget,
  MasqueradeTarget,
  OtherTarget,
  RedirectTarget,
  SnatTarget,
  Target,
  TcpmssTarget,
} from '../../iptables/rule/target.ts';
import { flowBits, isOld } from './flow-mark.ts';

/**
 * What targets write that the walk itself does not follow. It is kept on the branch, so that what is asked later is
 * another question, and in the end of the way, since others than this node's rules may see it: the next packet, the
 * network, a program that listens.
 */
export function noteWritten(branch: Branch, { rule }: ProgramRule, unread: number): void {
  const { target } = rule;
  if (target === null) return;
  const writer = writers[target.kind] as
    | ((target: Target, branch: Branch, unread: number) => void)
    | undefined;
  writer?.(target, branch, unread);
}

export function writtenOf({ memory }: Branch, name: string): string | undefined {
  return memory.written?.get(name);
}

export function write(branch: Branch, name: string, value: string): void {
  const written = new Map(branch.memory.written).set(name, value);
  branch.memory = { ...branch.memory, written };
}

/** Counts: two copies of a packet are not one. */
export function count(branch: Branch, name: string): void {
  write(branch, name, String(Number(writtenOf(branch, name) ?? 0) + 1));
}

/** Names that begin so are of the packet itself, and nothing where it does not arrive. */
export const ofPacket = 'packet ';
/** Names that begin so are of what stays. */
export const ofState = 'state ';
/** The connection's later packets are told by it. */
export const pastTracking = `${ofState}untracked`;
/** Names that begin so are of the copy of a packet that the node itself sees. */
export const ofCopy = `${ofState}copy `;

/** Of a packet that has its own fields, and of its copy that the node itself sees, if it arrives. */
export function writtenOfBoth(packet: Memory, copy: Memory, arrives: boolean): ReadonlyMap<string, string> {
  const own = [...(packet.written ?? [])].filter(([name]) => name.startsWith(ofPacket));
  const seen = [...(copy.written ?? [])].flatMap(([name, value]): [string, string][] => {
    if (!name.startsWith(ofPacket)) return [[name, value]];
    return arrives ? [[ofCopy + name.slice(ofPacket.length), value]] : [];
  });
  return new Map([...seen, ...own]);
}

/** Only watch, or count for people. */
export const watchers: ReadonlySet<string> = new Set(['AUDIT', 'ULOG']);

type Writers = {
  readonly [K in Target['kind']]?: (
    target: Extract<Target, { kind: K }>,
    branch: Branch,
    unread: number,
  ) => void;
};

const writers: Writers = {
  mark: (target, branch, unread) => noteMark(branch, unread, target.mask === allBits, target),
  connmark: (target, branch, unread) => {
    if (target.action === 'restore') noteMark(branch, unread, target.packetMask === allBits, target);
  },
  ct: ({ further }, branch) => {
    // The first CT that a packet meets is the only one that does something (xt_ct_target).
    const isFirst = typeof branch.tracking !== 'object' && branch.tracking !== 'untracked';
    const name = `${ofState}connection`;
    if (further.length > 0 && isFirst && writtenOf(branch, name) === undefined)
      write(branch, name, further.join(' '));
  },
  snat: noteSourcePort,
  masquerade: noteSourcePort,
  dnat: noteOtherPorts,
  redirect: noteOtherPorts,
  tcpmss: writeMss,
  other: (target, branch) => (others[target.name] ?? done)(target, branch),
};

/** From which ports a flow is given its source port. Who is behind the node sees it, and answers come to it. */
export const sourcePort = `${ofPacket}source port`;
/** Nobody can foresee the port, where an own one would have been kept. */
export const randomSourcePort = `${ofPacket}random-port`;

/** A port that is kept where it is free is no other one. */
function noteSourcePort({ ports, random, randomFully }: SnatTarget | MasqueradeTarget, branch: Branch): void {
  if (hasTrackedPorts(branch.protocol) && ports)
    write(branch, sourcePort, ports.first === ports.last ? `${ports.first}` : `${ports.first}-${ports.last}`);
  if (!hasTrackedPorts(branch.protocol) && !isIcmp(branch.protocol)) return;
  const flags = [...(random ? ['--random'] : []), ...(randomFully ? ['--random-fully'] : [])];
  if (flags.length > 0) write(branch, randomSourcePort, `(${flags.join(' ')})`);
}

/** Which ports a flow is given of which all but the source is taken: another one came from there to a destination translated alike. */
export const otherPort = `${ofPacket}other-port`;

/** Of a single port, the source gives way (nf_nat_l4proto_unique_tuple). */
function noteOtherPorts({ ports }: DnatTarget | RedirectTarget, branch: Branch): void {
  if (hasTrackedPorts(branch.protocol) && ports && ports.first !== ports.last)
    write(branch, otherPort, `${ports.first}-${ports.last}`);
}

/** What routing saw, if it was any mark; and what the packet has by now, if it is another one than that. */
export const atRouting = `${ofPacket}mark-at-routing`;
export const onLeaving = `${ofPacket}mark-on-leaving`;
const noMark = '0x0';
const allBits = 0xffffffff;

/** Bits that no rule asks for are there for somebody else: routing, traffic control, IPsec. */
function noteMark(branch: Branch, unread: number, isWhole: boolean, target: Target): void {
  const before = markOf(branch);
  if (!isWhole && !before.startsWith('0x')) {
    putMark(branch, `${before}, then ${printTarget(target).trim()}`);
    return;
  }
  const { state } = branch.packet;
  const own = `0x${((branch.mark & unread) >>> 0).toString(16)}`;
  const kept = isOld(state) ? (flowBits(listMatched(branch.matched)).packet & unread) >>> 0 : 0;
  putMark(branch, kept === 0 ? own : `${own}|(flow&0x${kept.toString(16)})`);
}

/** A mark that nobody foresees: a socket's. */
export function noteUnknownMark(branch: Branch): void {
  putMark(branch, '(socket)');
}

/** The mark that the packet has now, but for bits that rules ask for. */
export function markOf(branch: Branch): string {
  return writtenOf(branch, onLeaving) ?? writtenOf(branch, atRouting) ?? noMark;
}

function putMark(branch: Branch, mark: string): void {
  if (mark === (writtenOf(branch, atRouting) ?? noMark)) erase(branch, onLeaving);
  else write(branch, onLeaving, mark);
}

/** Routing is asked by the mark that the packet has now. */
export function noteRouted(branch: Branch): void {
  const mark = writtenOf(branch, onLeaving);
  if (mark === undefined) return;
  if (mark === noMark) erase(branch, atRouting);
  else write(branch, atRouting, mark);
  erase(branch, onLeaving);
}

function erase(branch: Branch, name: string): void {
  if (writtenOf(branch, name) === undefined) return;
  const written = new Map(branch.memory.written);
  written.delete(name);
  branch.memory = { ...branch.memory, written };
}

function append(branch: Branch, name: string, target: Target): string {
  const before = writtenOf(branch, ofPacket + name);
  return `${before === undefined ? '' : `${before}, `}${printTarget(target).trim()}`;
}

/** It only lowers the size (tcpmss_mangle_packet): in whatever order, and twice is once. What the path allows hangs on the way. */
function writeMss(target: TcpmssTarget, branch: Branch): void {
  const name = `${ofPacket}mss`;
  const before = writtenOf(branch, name)?.split(', ') ?? [];
  const place = target.size === null && branch.hook === 'OUTPUT' ? ` ${branch.hook}` : '';
  const all = [...new Set([...before, printTarget(target).trim() + place])];
  const sizeOf = (text: string) => Number(/--set-mss (\d+)/.exec(text)?.[1] ?? Number.NaN);
  const least = Math.min(...all.map(sizeOf).filter((size) => !Number.isNaN(size)));
  const kept = all.filter((text) => Number.isNaN(sizeOf(text)) || sizeOf(text) === least);
  write(branch, name, kept.sort().join(', '));
}

function done(target: OtherTarget, branch: Branch): void {
  if (watchers.has(target.name)) return;
  const seen = blind.has(target.name) ? '' : carried(branch);
  count(branch, `${ofState}done ${printTarget(target).trim()}${seen}`);
}

/** They note that a packet came, whatever is in it. */
const blind: ReadonlySet<string> = new Set(['IDLETIMER', 'LED', 'RATEEST']);

const others: Readonly<Record<string, (target: OtherTarget, branch: Branch) => void>> = {
  DSCP: ({ words }, branch) => writeTos(branch, 0xfc, (Number(lastWord(words)) << 2) & 0xff),
  TOS({ words }, branch) {
    const [value, mask] = lastWord(words).split('/').map(Number) as [number, number];
    writeTos(branch, mask, value);
  },
  TTL: writeTtl,
  HL: writeTtl,
  TCPOPTSTRIP: (target, branch) =>
    write(branch, `${ofPacket}tcp options`, append(branch, 'tcp options', target)),
  HMARK: (target, branch) => putMark(branch, `(${printTarget(target).trim()})`),
  ECN(target, branch) {
    const ect = target.words[target.words.indexOf('--ecn-ip-ect') + 1];
    if (target.words.includes('--ecn-ip-ect')) writeTos(branch, 0x03, Number(ect));
    write(branch, `${ofPacket}ecn`, append(branch, 'ecn', target));
  },
  SET: (target, branch) => writeSet(target, branch),
  CLASSIFY: (target, branch) => write(branch, `${ofPacket}class`, printTarget(target).trim()),
};

/** What is copied, or shown to somebody, has in it what the packet has by then. */
function carried(branch: Branch): string {
  const { memory, mark } = branch;
  const header = headerTags(branch, headerEnds);
  const fields = [...(memory.written ?? [])]
    .filter(([name]) => name.startsWith(ofPacket))
    .map(([name, value]) => `${name.slice(ofPacket.length)} ${value}`)
    .sort();
  const own = [
    ...(header === '=,=,=,=' ? [] : [header]),
    ...(mark === 0 ? [] : [`mark 0x${mark.toString(16)}`]),
    ...fields,
  ];
  return own.length === 0 ? '' : ` with ${own.join(', ')}`;
}

const headerEnds = ['source', 'sourcePort', 'destination', 'destinationPort'] as const;

function lastWord(words: readonly string[]): string {
  return words.at(-1) ?? '';
}

/** `(old & keep) ^ change`, of the byte that holds DSCP and ECN. */
export interface Tos {
  readonly keep: number;
  readonly change: number;
}

export function tosOf(branch: Branch): Tos {
  const [keep, change] = (writtenOf(branch, `${ofPacket}tos`) ?? '255^0').split('^').map(Number);
  return { keep: keep as number, change: change as number };
}

function writeTos(branch: Branch, mask: number, value: number): void {
  const { keep, change } = tosOf(branch);
  write(branch, `${ofPacket}tos`, `${keep & ~mask & 0xff}^${(change & ~mask & 0xff) ^ value}`);
}

/** Added to what the packet came with, or to 0 where that was replaced. Forwarding takes one off after it. */
export interface Ttl {
  readonly replaced: boolean;
  readonly added: number;
}

export function ttlOf(branch: Branch): Ttl {
  const written = writtenOf(branch, `${ofPacket}ttl`);
  if (written === undefined) return { replaced: false, added: 0 };
  return { replaced: written.startsWith('='), added: Number(written.slice(1)) };
}

/** What is forwarded has lost one before the first rule of FORWARD. */
export function lostByForwarding({ hook, local }: Branch): number {
  return hook === 'FORWARD' || (hook === 'POSTROUTING' && !local) ? 1 : 0;
}

function writeTtl({ words }: OtherTarget, branch: Branch): void {
  const [option, number] = [words[0] ?? '', Number(lastWord(words))];
  const { replaced, added } = ttlOf(branch);
  if (option.endsWith('-set')) write(branch, `${ofPacket}ttl`, `=${number + lostByForwarding(branch)}`);
  else {
    const sum = added + (option.endsWith('-inc') ? number : -number);
    write(branch, `${ofPacket}ttl`, `${replaced ? '=' : '+'}${sum}`);
  }
}

/** Which entry was put in, or taken out, is told by the addresses and ports that the packet has by then. */
function writeSet(target: OtherTarget, branch: Branch): void {
  const set = target.words.find((_word, at) => /^--(?:add|del|map)-set$/.test(target.words[at - 1] ?? ''));
  if (target.words.includes('--map-mark')) putMark(branch, `(set ${set})`);
  const name = `${ofState}set ${set}`;
  const before = writtenOf(branch, name);
  const text = `${printTarget(target).trim()} of ${headerTags(branch, headerEnds)}`;
  write(branch, name, before === undefined ? text : `${before}, ${text}`);
}

type End = 'source' | 'destination' | 'sourcePort' | 'destinationPort';

/** `=` where it is still what the packet came with, so that it is the same for all packets of a class. */
export function headerTags(branch: Branch, ends: readonly End[]): string {
  const { packet } = branch;
  return ends
    .map((end) => {
      const value = branch[end];
      if (branch.answer)
        return value === packet[end] ? '=' : value === packet[opposite[end]] ? '<>' : String(value);
      return value === packet[end] ? '=' : String(value);
    })
    .join();
}

const opposite: Readonly<Record<End, End>> = {
  source: 'destination',
  destination: 'source',
  sourcePort: 'destinationPort',
  destinationPort: 'sourcePort',
};
