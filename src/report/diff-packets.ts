import { linkAsked } from '../engine/routing.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import type { Box } from '../sets/box.ts';
import { groupedBy } from '../text/lists.ts';
import { chooseBoxes, sayBox, saySupposed } from './diff-words.ts';
import type { DiffWords } from './words/diff.ts';
import { diffWords as en } from './words/en/diff.ts';

export type ChainName = (chain: string) => string;

type Packets = Pick<PacketClass, 'boxes' | 'supposed'>;

/** Packets of a class that fare so under the same conditions. */
export interface PacketGroup {
  readonly boxes: readonly [Box, ...Box[]];
  /** Questions without an answer, and what it must be. */
  readonly conditions: readonly (readonly [question: string, holds: boolean])[];
}

/** The packets of a class: first those like the witness, then those that need something else to hold. */
export function groupsOf({ boxes, supposed }: Packets): readonly [PacketGroup, ...PacketGroup[]] {
  const groups = [...groupedBy(boxes, (box) => JSON.stringify(conditionsOf(box))).values()].map(
    (alike): PacketGroup => ({ boxes: alike, conditions: conditionsOf(alike[0]) }),
  );
  const isLikeWitness = ({ conditions }: PacketGroup) => {
    const held = conditions.flatMap(([question, holds]) => (holds ? question : []));
    return held.length === supposed.length && held.every((question) => supposed.includes(question));
  };
  const sorted = [...groups.filter(isLikeWitness), ...groups.filter((group) => !isLikeWitness(group))];
  // A class has packets.
  return sorted as [PacketGroup, ...PacketGroup[]];
}

/** That a client is not remembered, or that a sender chose no link, goes without saying; not so what a rule asks that is not evaluated. */
function conditionsOf({ symbols }: Box): PacketGroup['conditions'] {
  return [...symbols].filter(([question, holds]) => holds || isSaid(question)).sort();
}

function isSaid(question: string): boolean {
  return /^-m (?!recent )/.test(question) || linkAsked(question.replace(/ #\d+$/, '')) !== null;
}

/** What must hold that is not known: `only where …`. */
export function sayConditions({ conditions }: PacketGroup, nameOf: ChainName, w: DiffWords = en): string[] {
  return conditions.map(([question, holds]) => w.only(saySupposed(question, holds, nameOf, w)));
}

/** One set of the packets that are like the witness, what it hangs on, and of the others one. */
export function sayPacketsBriefly(one: Packets, nameOf: ChainName, w: DiffWords = en): string {
  const [first, ...others] = groupsOf(one);
  return [sayBriefly(first, nameOf, w), ...sayOthers(others, nameOf, w)].join('; ');
}

/** Of packets that need other things to hold than those told before. */
export function sayOthers(
  [first, ...rest]: readonly PacketGroup[],
  nameOf: ChainName,
  w: DiffWords = en,
): string[] {
  if (!first) return [];
  const sets = rest.reduce((sum, { boxes }) => sum + boxes.length, 0);
  return [w.otherwise(sayBriefly(first, nameOf, w)), ...(sets > 0 ? [w.otherConditions(sets)] : [])];
}

function sayBriefly(group: PacketGroup, nameOf: ChainName, w: DiffWords): string {
  const [first = group.boxes[0]] = chooseBoxes(group.boxes).shown;
  const more = group.boxes.length - 1;
  return [
    sayBox(first, w),
    ...(more > 0 ? [w.furtherSets(more)] : []),
    ...sayConditions(group, nameOf, w),
  ].join('; ');
}
