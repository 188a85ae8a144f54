import type { IrChain } from '../../engine/ir.ts';
import type { Origin, Packet } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { type Box, isInside, meet, without } from '../../sets/box.ts';
import { ByDestination } from '../../sets/by-destination.ts';
import type { ProofDoubt } from '../doubt.ts';
import type { Facts } from '../facts.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import { type Begun, Explorer } from './explorer.ts';
import { type Fate, goSameWay, isSameFate } from './fate.ts';
import type { HostSets } from './host-sets.ts';
import { kindsOf } from './kinds.ts';

/** Packets that go one and the same way before, and one and the same way after. */
export interface Cell {
  readonly box: Box;
  /** One of them, which was walked. */
  readonly packet: Packet;
  readonly before: Fate;
  readonly after: Fate;
  /** The box holds first packets of flows that are translated, and `packet` is a later one. */
  readonly later: boolean;
  /** Of a later one: how its flow began. */
  readonly begun: Begun | null;
  /** Why nothing is proved of the others, or of any; null where it is. */
  readonly doubt: ProofDoubt | null;
}

export interface Exploration {
  /** How many cells there were in all. */
  readonly looked: number;
  /** What was not looked at, because there was too much. */
  readonly left: readonly Box[];
}

/** Whether a hook after the first routing decision has other rules, for what comes from a wire and for what the node sends. */
export interface LaterDiffers {
  readonly wire: boolean;
  readonly host: boolean;
}

export interface ExploreQuestion {
  readonly facts?: Facts;
  readonly before: Fingerprint;
  readonly after: Fingerprint;
  readonly host: Host;
  readonly sets: HostSets;
  readonly origins: readonly Origin[];
  /** What cannot be told of packets after the first routing decision may differ there. */
  readonly laterDiffers: LaterDiffers;
  /** Base chains of the first that do not do the same on the other side; null: any may be such a one. */
  readonly own?: ReadonlySet<IrChain> | null;
  /** How many cells are looked at. */
  readonly limit: number;
}

/**
 * Divides boxes into cells of packets that fare alike. One packet of a box is walked through both rule sets, and
 * everything that its way depended on is noted: all packets of the box that answer the same to that are a cell, and what
 * is left of the box is divided in the same manner. `found` is given the cells in which the fates differ, or could not be
 * compared, one by one: each holds a whole tree of ways, and all of them together more than a machine may have.
 */
export function explore(
  boxes: readonly Box[],
  question: ExploreQuestion,
  found: (cell: Cell) => void,
  packets: 'first' | 'later' = 'first',
): Exploration {
  const { before, after, limit, laterDiffers, ...rest } = question;
  const flows = packets === 'later';
  const explorer = new Explorer({
    ...rest,
    prints: [before, after],
    memory: 'any',
    flows,
  });
  const open = openBoxes(boxes, question);
  let looked = 0;
  for (let box = open.pop(); box; box = open.pop()) {
    if (looked >= limit || explorer.isSpent) {
      open.push(box);
      break;
    }
    looked += 1;
    const {
      box: own,
      packet,
      fates,
      blurred,
      rest: others,
      begun = null,
    } = flows ? explorer.lookLater(box) : explorer.look(box);
    for (const other of others) open.push(other);
    const [was, is] = fates as [Fate, Fate];
    const doubt = doubtOf(was, is, blurred, laterDiffers[packet.from === 'host' ? 'host' : 'wire']);
    if (doubt !== null || !isSameFate(was, is))
      found({ box: own, packet, before: was, after: is, later: flows, begun, doubt });
  }
  return { looked, left: open };
}

/** Disjoint boxes of packets of one kind each, the last of which is to be looked at first. */
export function openBoxes(
  boxes: readonly Box[],
  { host, origins }: Pick<ExploreQuestion, 'host' | 'origins'>,
): Box[] {
  const open: Box[] = [];
  for (const { box, earlier } of withEarlier(boxes)) {
    let parts = kindsOf(box, host.family, origins.length);
    for (const other of earlier) parts = parts.flatMap((part) => without(part, other));
    for (const part of parts) open.push(part);
  }
  return open.reverse();
}

/** Boxes may overlap; each packet is looked at once. */
function withEarlier(boxes: readonly Box[]): { readonly box: Box; readonly earlier: readonly Box[] }[] {
  const taken = new ByDestination<Box>();
  return boxes.flatMap((box) => {
    const near = taken.near(box);
    if (near.some((other) => isInside(box, other))) return [];
    taken.like(box).push(box);
    const earlier = near.filter((other) => meet(box, other) !== null);
    return { box, earlier };
  });
}

/** Equal ways up to a point that nobody can see beyond are only a proof where the rules beyond it are equal. */
function doubtOf(before: Fate, after: Fate, blurred: boolean, laterDiffers: boolean): ProofDoubt | null {
  // Others, whom the mask tells apart from the packet that was followed, may come to any rule that differs.
  if (blurred) return { code: 'mask-has-holes' };
  const sameWay = goSameWay(before, after);
  const unknown = before.unknown ?? after.unknown;
  if (unknown !== null && (laterDiffers || !sameWay)) return { code: 'fate-unknown', reason: unknown };
  if ((before.untracksErrors ?? false) !== (after.untracksErrors ?? false))
    return { code: 'errors-untracked' };
  // A policy is no rule: on one way, too, ends can differ, and then what one packet shows is said of the others.
  const same = sameWay && isSameFate(before, after);
  const hidden = before.hidden || after.hidden;
  if (hidden || ((before.particular || after.particular) && (laterDiffers || !same))) {
    return { code: 'chosen-from-range' };
  }
  return null;
}
