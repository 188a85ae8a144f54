import { formatAddress } from '../../src/address/address.ts';
import { readFlows } from '../../src/engine/flows.ts';
import type { IrProgram } from '../../src/engine/ir.ts';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { isListenedTo } from '../../src/engine/routing.ts';
import { Sequence } from '../../src/engine/sequence.ts';
import { tracePacket } from '../../src/engine/trace.ts';
import { buildHost } from '../../src/host/build.ts';
import { readSets } from '../../src/ipset/set-file.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import type { TestCase, TestPacket } from './generate.ts';
import type { Observed } from './instrument.ts';
import { nodes } from './node.ts';

/** What the interpreter says can happen to each packet of a case. */
export function interpret({
  family,
  backend,
  rules,
  packets,
  sequence,
  sets,
}: TestCase): readonly (readonly Outcome[])[] {
  const program = programOf({ family, backend, rules, sets });
  const text = JSON.stringify({ host: nodes[family].host, packets: packets.map(flowOf) });
  const flows = readFlows({ name: 'flows', text }, family);
  const host = buildHost(family, [flows.host]);
  const node = sequence ? new Sequence(program, host, { freshCounters: true }) : null;
  return flows.packets.map(
    ({ packet }) => (node ? node.next(packet, 0) : tracePacket(program, host, packet)).outcomes,
  );
}

function programOf({
  family,
  backend,
  rules,
  sets,
}: Pick<TestCase, 'family' | 'backend' | 'rules'> & { readonly sets: string | undefined }): IrProgram {
  const source = { name: 'rules', text: rules };
  if (backend === 'nftables') return new NftProgram(readNft(source).ruleset, family);
  const { ruleset } = readDump(source, { family, backend });
  const known = sets === undefined ? null : readSets([{ name: 'sets', text: sets }]);
  return buildProgram(ruleset, undefined, known);
}

export function flowOf(packet: TestPacket) {
  const names = [...'FSRPAU'].filter((_name, bit) => packet.flags & (1 << bit)).join('') || 'NONE';
  return { ...packet, proto: String(packet.proto), flags: names };
}

export interface Disagreement {
  readonly packet: TestPacket;
  readonly seen: string;
  readonly possible: readonly string[];
}

/** Packets to which the kernel did what the interpreter holds impossible. What it does not know is no disagreement. */
export function disagreements(
  { packets }: TestCase,
  computed: readonly (readonly Outcome[])[],
  observed: readonly Observed[],
): Disagreement[] {
  return packets.flatMap((packet, index) => {
    const outcomes = computed[index] as readonly Outcome[];
    const seen = printObserved(observed[index] as Observed, packet);
    const possible = outcomes.map(printOutcome);
    const unknown = outcomes.some(({ verdict }) => verdict === 'unknown');
    return unknown || possible.includes(seen) ? [] : [{ packet, seen, possible }];
  });
}

/** To no group does the node listen, but to that of all. */
export function printOutcome({ verdict, delivered, dnat, src, rejectWith, copy, left }: Outcome): string {
  if (verdict === 'reject') return `reject ${rejectWith}`;
  const isKept = copy?.verdict === 'accept' && (copy.certain || isListenedTo(left.destination));
  // Where the other one is dropped, the copy is all that is seen.
  if (verdict === 'drop' && isKept) return `local unchanged from ${formatAddress(copy.left.source)}`;
  if (verdict !== 'accept') return verdict;
  return `${delivered} ${dnat ?? 'unchanged'} from ${src}${isKept ? ', copied' : ''}`;
}

export function printObserved(
  { verdict, delivered, src, dst, dport, with: error, copy }: Observed,
  packet: TestPacket,
): string {
  if (verdict === 'reject') return `reject ${error}`;
  if (verdict !== 'accept') return verdict;
  const hasPorts = packet.proto !== 1 && packet.proto !== 58;
  const moved = dst !== packet.dst || (hasPorts && dport !== packet.dport);
  const end = hasPorts ? (dst?.includes(':') ? `[${dst}]:${dport}` : `${dst}:${dport}`) : dst;
  return `${delivered} ${moved ? end : 'unchanged'} from ${src}${copy ? ', copied' : ''}`;
}
