import { byService, type ServiceChange } from '../../../diff/services.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import { buildProgram, type Program } from '../../../engine/program.ts';
import { tracePacket } from '../../../engine/trace.ts';
import type { Host } from '../../../host/model.ts';
import { readHost } from '../../../host/read.ts';
import type { MadeUp } from '../../../proof/assumption.ts';
import type { PacketClass } from '../../../proof/classes/classify.ts';
import { comparePackets, type PacketComparison } from '../../../proof/compare.ts';
import { RuleTexts } from '../../../report/rule-texts.ts';
import { hostFor } from '../../../session/host.ts';
import type { SideNote } from '../../../session/note.ts';
import { dumpSide, type Side } from '../../../session/side.ts';
import type { Version } from '../../../session/version.ts';

/** Two versions on one host, by what they do to packets. */
export interface Difference {
  readonly packets: PacketComparison;
  readonly services: readonly ServiceChange[];
  /** Worst first: those of which it is known, then those of which it could not be told. */
  readonly classes: readonly PacketClass[];
  readonly before: ShownSide;
  readonly after: ShownSide;
  readonly notes: readonly SideNote[];
  readonly assumed: readonly MadeUp[];
}

export interface ShownSide {
  readonly name: string;
  readonly texts: RuleTexts;
  readonly program: Program;
  readonly host: Host;
}

/** Fewer kinds of packets than on the command line: somebody waits in front of the page. */
const mostCells = 20_000;

export function compareVersions(before: Version, after: Version, node: string): Difference {
  const sides = [sideOf(before, node), sideOf(after, node)] as const;
  const [left, right] = sides;
  const { family } = right.ruleset;
  const given = (after.options.host ?? []).map((source) => readHost(source, family).fields);
  const { host, assumed } = hostFor(family, given, sides);
  const packets = comparePackets(left.ruleset, right.ruleset, host, { limit: mostCells });
  return {
    packets,
    services: byService(packets.classes, left.ruleset, right.ruleset),
    classes: [...packets.classes, ...packets.unproved],
    before: makeSide(left, host),
    after: makeSide(right, host),
    notes: [...left.notes, ...right.notes],
    assumed,
  };
}

/** A node that one version does not have is its first one there. */
function sideOf(version: Version, node: string): Side {
  const { data, nodes, family } = version;
  if (data.rules) return dumpSide(data.rules.name, data.rules, family);
  const { rules } = version.nodeView(nodes.includes(node) ? node : (nodes[0] ?? ''));
  return { ...rules, name: data.words.join(' '), notes: [] };
}

function makeSide({ name, ruleset, source }: Side, host: Host): ShownSide {
  return { name, texts: new RuleTexts(ruleset, source), program: buildProgram(ruleset, source), host };
}

/** What becomes of a class's witness on one side: the likeliest outcome stands for all. */
export function witnessOn({ program, host }: ShownSide, { witness }: PacketClass): Outcome | undefined {
  const { outcomes } = tracePacket(program, host, witness, { trace: true });
  return [...outcomes].sort((left, right) => right.probability - left.probability)[0];
}
