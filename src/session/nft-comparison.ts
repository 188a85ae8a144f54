import type { Family } from '../address/address.ts';
import { tablesBeside } from '../engine/lower/nftables/program.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import { tracePacket } from '../engine/trace.ts';
import type { HostFields } from '../host/model.ts';
import { writeDump } from '../iptables/dump/write.ts';
import { compareAlike, type ProgramsAlike } from '../proof/alike/programs.ts';
import { assumeHost } from '../proof/assume-host.ts';
import type { ProofAssumption } from '../proof/assumption.ts';
import { uniqueData } from '../text/data-key.ts';
import { loadedText } from './canonical-text.ts';
import type { NodeProgram } from './program.ts';
import { packetsToTry } from './try-packets.ts';

/** A packet that changes fate, and how many like it were found. */
export interface Witness {
  readonly packet: Packet;
  readonly before: readonly Outcome[];
  readonly after: readonly Outcome[];
  readonly alike: number;
}

/** What is known of a change of rules of which some are of nft. */
export interface NftComparison {
  readonly family: Family;
  /** No packet changes fate: the rules are the same, or proved to do the same, one by one. */
  readonly same: boolean;
  /** Of rules that are not the same text: what is proved of them, chain by chain. */
  readonly alike: ProgramsAlike | null;
  /** Tables that do something in hooks that are not walked, and not the same on both sides: `arp filter`. */
  readonly beside: readonly string[];
  readonly tried: number;
  /** Packets of which it cannot be told what becomes of them, on one side at least. */
  readonly open: number;
  readonly witnesses: readonly Witness[];
  readonly assumed: readonly ProofAssumption[];
}

/**
 * Compares rules by what the kernel gets of them; where that differs, rule by rule; and where that is not proved, by packets that are walked through
 * both.
 */
export function compareNft(
  before: NodeProgram,
  after: NodeProgram,
  given: readonly HostFields[],
): NftComparison {
  const { family } = after;
  const dumps = [before, after].flatMap(({ iptables }) => (iptables ? [iptables.ruleset] : []));
  const { host, assumed } = assumeHost(family, given, dumps);
  if (textOf(before) === textOf(after)) return { ...proved, family, alike: null, assumed: untold(after) };
  const alike = compareAlike(before.program, after.program);
  const beside = besideApart(before, after);
  if (alike.same && beside.length === 0) {
    const both = [...untold(before), ...untold(after), ...(after.program.assumed ?? [])];
    return { ...proved, family, alike, assumed: uniqueData(both) };
  }
  const packets = packetsToTry([before.program, after.program], host);
  const found = new Map<string, Witness>();
  let open = 0;
  for (const packet of packets) {
    const [old, now] = [before, after].map(({ program }) => tracePacket(program, host, packet).outcomes) as [
      readonly Outcome[],
      readonly Outcome[],
    ];
    if ([...old, ...now].some(({ verdict }) => verdict === 'unknown')) {
      open += 1;
      continue;
    }
    const [left, right] = [fateOf(old), fateOf(now)];
    if (left === right) continue;
    const key = `${roughly(old)} => ${roughly(now)}`;
    const known = found.get(key);
    found.set(
      key,
      known ? { ...known, alike: known.alike + 1 } : { packet, before: old, after: now, alike: 0 },
    );
  }
  return {
    family,
    same: false,
    alike,
    beside,
    tried: packets.length,
    open,
    witnesses: [...found.values()],
    assumed,
  };
}

const proved = { same: true, beside: [], tried: 0, open: 0, witnesses: [] } as const;

/** What stands in hooks that are not walked is known by its text alone. */
function besideApart(before: NodeProgram, after: NodeProgram): readonly string[] {
  const [left, right] = [besideOf(before), besideOf(after)];
  if (JSON.stringify([...left]) === JSON.stringify([...right])) return [];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const apart = names.filter((name) => left.get(name) !== right.get(name));
  return apart.length > 0 ? apart : names;
}

function besideOf({ nft }: NodeProgram): ReadonlyMap<string, string> {
  const tables = nft.flatMap(tablesBeside);
  return new Map(
    tables.map((table) => [`${table.family} ${table.name}`, loadedText({ tables: [table] })] as const),
  );
}

function textOf({ iptables, nft }: NodeProgram): string {
  const dump = iptables ? writeDump(iptables.ruleset, { counters: 'drop' }) : '';
  return [dump, ...nft.map(loadedText)].join('\n');
}

/** What equal texts do not tell, so that the rules of both sides may be others all the same. */
function untold({ nft, program }: NodeProgram): ProofAssumption[] {
  const sets = nft.flatMap(({ tables }) => tables.flatMap((table) => table.sets));
  const empty = sets.some(({ elements, flags }) => elements.length === 0 && !flags.includes('dynamic'));
  const tied = Object.values(program.baseChains).some((chains) =>
    chains.some((one, at) =>
      chains
        .slice(at + 1)
        .some((other) => one.priority === other.priority && one.chain.table !== other.chain.table),
    ),
  );
  return [
    ...(empty ? [{ code: 'sets-listed' } as const] : []),
    ...(tied ? [{ code: 'chains-in-order' } as const] : []),
  ];
}

const spell = ({ verdict, dnat, src, delivered, interface: name, rejectWith, weight }: Outcome) =>
  [verdict, dnat, src, delivered, name, rejectWith, weight].join(' ');

function fateOf(outcomes: readonly Outcome[]): string {
  return outcomes.map(spell).sort().join(' | ');
}

/** Packets that differ in the endpoint alone are alike. */
function roughly(outcomes: readonly Outcome[]): string {
  const kinds = outcomes.map(({ verdict, dnat, masqueraded, delivered, rejectWith }) =>
    [verdict, dnat !== null, masqueraded, delivered, rejectWith].join(' '),
  );
  return [...new Set(kinds)].sort().join(' | ');
}
