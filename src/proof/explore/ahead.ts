import type { Branch } from '../../engine/branch.ts';
import type { IrChain, IrProgram } from '../../engine/ir.ts';
import { elementsAsData } from '../../engine/memory.ts';
import { listMatched } from '../../engine/outcome.ts';
import { type Step, type Ways, waysThrough } from '../../engine/steps.ts';
import { has, type IntervalSet } from '../../sets/intervals.ts';
import { dataKey } from '../../text/data-key.ts';
import { flowBits, isOld } from '../open/flow-mark.ts';

/** What a packet may yet meet, of chains that do something else on the other side. */
export interface AheadQuestion {
  readonly program: IrProgram;
  /** Base chains that do something else on the other side. */
  readonly own: ReadonlySet<IrChain>;
  /** The node may answer with an error; and nat sees what it answers. */
  readonly refuses: boolean;
  readonly resets: boolean;
  /** To whom answers leave by a link. */
  readonly away: IntervalSet;
}

/** The number of the last step of a way that counts; -1: none does. */
type Last = ReadonlyMap<readonly Step[], number>;

/** Tells whether a packet is past all chains that do something else on the other side, on whatever way it goes on. */
export class Ahead {
  private readonly question: AheadQuestion;
  private readonly ways: Ways;
  private readonly last: Last;
  private readonly lastOfAnswers: Last;

  constructor(question: AheadQuestion) {
    const { program, own, resets } = question;
    this.question = question;
    this.ways = waysThrough(program);
    const lists = Object.values(this.ways) as (readonly Step[])[];
    const isOwn = (step: Step) =>
      step.kind === 'chain'
        ? own.has(step.base.chain)
        : step.kind === 'nat'
          ? step.chains.some(({ chain }) => own.has(chain))
          : step.kind === 'tie';
    this.last = new Map(lists.map((steps) => [steps, steps.findLastIndex(isOwn)]));
    const seesAnswers = (step: Step) => isOwn(step) && (step.kind !== 'nat' || resets);
    this.lastOfAnswers = new Map(lists.map((steps) => [steps, steps.findLastIndex(seesAnswers)]));
  }

  /** Null: it may meet one yet. Otherwise the sources of which that holds. */
  pastFor(branch: Branch): IntervalSet | 'all' | null {
    const { ways, last } = this;
    const { steps, position, twin, rejected } = branch;
    const isIn = (way: readonly Step[]) => (last.get(way) as number) >= 0;
    const until = last.get(steps);
    // Something is tied there, or it is one of two.
    if (until === undefined || position <= until || twin !== null) return null;
    if (steps === ways.arriving && (isIn(ways.forwarding) || isIn(ways.delivering))) return null;
    const isMade = steps === ways.sending || steps === ways.copying || steps === ways.balanced;
    if (isMade && isIn(ways.returning)) return null;
    return rejected || !this.question.refuses ? 'all' : this.pastForAnswers(branch);
  }

  private pastForAnswers({ source }: Branch): IntervalSet | 'all' | null {
    const { ways, lastOfAnswers } = this;
    const isIn = (way: readonly Step[]) => (lastOfAnswers.get(way) as number) >= 0;
    if (isIn(ways.sending)) return null;
    if (!isIn(ways.returning)) return 'all';
    const { away } = this.question;
    return has(away, source) ? away : null;
  }
}

/** All that the rest of a packet's way depends on: equal for two rule sets where it goes on alike in both. */
export function standingKey(branch: Branch): string {
  const { source, sourcePort, destination, destinationPort, mark, memory, template, packet } = branch;
  const { recent, counters, connections, expected, written, sets } = memory;
  return dataKey([
    [(branch.steps[branch.position] as Step).rank, source, sourcePort, destination, destinationPort, mark],
    [branch.hook, branch.ingress, branch.egress, branch.firstEgress, branch.gateway, branch.local],
    [branch.broadcast, branch.routed, branch.tracking, branch.rejected, branch.answer, branch.copies],
    [branch.unheard, branch.copied, template?.zones, template?.helper, template?.timeouts],
    [recent, counters, written, sets, branch.supposed, branch.contents].map(entriesOf),
    [connections, entriesOf(expected), elementsAsData(memory)],
    isOld(packet.state) ? flowBits(listMatched(branch.matched)) : null,
  ]);
}

const entriesOf = (map: ReadonlyMap<string, unknown> | undefined) =>
  [...(map ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
