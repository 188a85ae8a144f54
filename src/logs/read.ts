import { type Address, type Family, familyOf } from '../address/address.ts';
import { sameTuple } from '../engine/connection.ts';
import { want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { readEntry } from './entries.ts';
import { readKernelLine } from './kernel.ts';
import type { Log, LoggedEntry, LoggedPacket, PassedOver, Sight } from './model.ts';
import { Monitor } from './monitor.ts';
import { Tcpdump } from './tcpdump.ts';

/**
 * Reads what the kernel and its tools say of packets and connections: lines of the targets TRACE and LOG, of
 * `xtables-monitor --trace`, `nft monitor trace`, `conntrack -L` and `-E`, and of `tcpdump -n`, in any mixture. Other lines
 * are passed over, and counted. Throws an InputError where nothing is of use.
 */
export function readLog(source: Source, family: Family): Log {
  const reader = new Reader(family);
  source.text.split('\n').forEach((text, index) => {
    if (text.trim() !== '') reader.take(text.trimEnd(), index + 1);
  });
  const log = reader.finish();
  if (log.packets.length + log.entries.length > 0) return log;
  throw new InputError([
    {
      code: 'log-syntax',
      severity: 'error',
      message: `${source.name}: no line shows a packet or a connection of ${family}`,
      expected: want.thing('log-lines'),
    },
  ]);
}

/** The family of the first packet or connection that a log shows; undefined: it shows none. */
export function familyOfLog({ text }: Source): Family | undefined {
  const reader = new Reader(null);
  for (const [index, line] of text.split('\n').entries()) {
    const family = line.trim() === '' ? undefined : reader.familyIn(line.trimEnd(), index + 1);
    if (family !== undefined) return family;
  }
  return undefined;
}

class Reader {
  private readonly family: Family | null;
  private readonly monitor = new Monitor();
  private readonly tcpdump = new Tcpdump();
  private readonly packets = new Map<string, [Sight, ...Sight[]][]>();
  private readonly order: [Sight, ...Sight[]][] = [];
  private readonly entries: LoggedEntry[] = [];
  private readonly passed = new Map<PassedOver, number[]>();

  /** Of null, lines of both count. */
  constructor(family: Family | null) {
    this.family = family;
  }

  familyIn(text: string, line: number): Family | undefined {
    const found = this.read(text, line);
    return found && typeof found === 'object' ? familyOf(sourceOf(found)) : undefined;
  }

  take(text: string, line: number): void {
    const found = this.read(text, line);
    if (typeof found === 'string') this.passOver(found, line);
    else if (found && familyOf(sourceOf(found)) !== this.family) this.passOver('other-family', line);
    else if (found && 'connection' in found) this.addEntry(found);
    else if (found) this.addSight(found);
  }

  /** Null: a line that says more of what others show. */
  private read(text: string, line: number): Sight | LoggedEntry | PassedOver | null {
    const monitored = this.monitor.read(text, line);
    if (monitored !== undefined) return monitored;
    return (
      readEntry(text, line) ?? readKernelLine(text, line) ?? this.tcpdump.read(text, line) ?? 'no-packet'
    );
  }

  finish(): Log {
    const packets = this.order.map((sights): LoggedPacket => ({ sights }));
    return { packets, entries: this.entries, passed: this.passed };
  }

  private passOver(why: PassedOver, line: number): void {
    const lines = this.passed.get(why);
    if (lines) lines.push(line);
    else this.passed.set(why, [line]);
  }

  /** Of events about one connection, the last says what it is. */
  private addEntry(entry: LoggedEntry): void {
    const known = this.entries.findIndex(({ connection }) =>
      sameTuple(connection.original, entry.connection.original),
    );
    if (known === -1) this.entries.push(entry);
    else this.entries[known] = entry;
  }

  private addSight(sight: Sight): void {
    const groups = this.packets.get(sight.identity);
    const last = groups?.findLast((group) => group.every((one) => hasNumbersOf(one, sight)));
    if (last && !beginsAnew(last.at(-1) as Sight, sight)) {
      last.push(sight);
      return;
    }
    const group: [Sight, ...Sight[]] = [sight];
    if (groups) groups.push(group);
    else this.packets.set(sight.identity, [group]);
    this.order.push(group);
  }
}

function hasNumbersOf({ numbers }: Sight, other: Sight): boolean {
  return numbers === undefined || other.numbers === undefined || numbers === other.numbers;
}

function sourceOf(found: Sight | LoggedEntry): Address {
  return 'connection' in found ? found.connection.original.source : found.packet.source;
}

/** How far on its way through a node a packet is that shows these interfaces. */
function progress({ in: ingress, out, place }: Sight): number {
  const hooks = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  if (place && hooks.includes(place.chain)) return hooks.indexOf(place.chain);
  return ingress !== null && out === null ? 0 : 2;
}

/** The same packet again at an earlier station: it was sent twice, or came back. */
function beginsAnew(last: Sight, next: Sight): boolean {
  return progress(next) < progress(last) && progress(next) === 0 && last.out !== null;
}
