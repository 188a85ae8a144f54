import type { Host } from '../host/model.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import { type Box, meet, universe } from '../sets/box.ts';
import { uniqueData } from '../text/data-key.ts';
import { keptByBoth } from '../text/kept.ts';
import { assumedOfHeaders } from './assume-headers.ts';
import { assumedOfTracking } from './assume-tracking.ts';
import type { ProofAssumption } from './assumption.ts';
import { Classifier, type PacketClass } from './classes/classify.ts';
import { type Cell, explore } from './explore/explore.ts';
import { hostSets } from './explore/host-sets.ts';
import { beginningsIn } from './explore/kinds.ts';
import { listOrigins } from './explore/origins.ts';
import { type Facts, factsAssumed, noFacts } from './facts.ts';
import { apart, setApartIn, setsApart } from './rules/apart.ts';
import { type DifferingEntry, differingEntries } from './rules/differing.ts';
import { type Fingerprint, fingerprint } from './rules/fingerprint.ts';
import { withHeld } from './rules/held-sets.ts';
import { bitsToExchange, withBitsOf } from './rules/mark-bits.ts';
import { type RenamedList, renamedLists, withListsOf } from './rules/renamed-lists.ts';
import { withShared } from './rules/shared-by-name.ts';
import type { Survey } from './rules/survey.ts';
import { withoutUnread } from './rules/unread.ts';
import { setsOfOne, withSetDoubts } from './set-doubts.ts';
import { listSuspects, type Suspects } from './suspects/suspects.ts';

/** How far a comparison goes. What is beyond is told as not proved. */
export interface CompareOptions {
  /** How many cells of packets are looked at, at most. */
  readonly limit?: number;
  /** What somebody says of the host. */
  readonly facts?: Facts;
  /** The packets that are asked, and the connections that they begin; all others are not looked at. */
  readonly only?: readonly Box[] | undefined;
}

/** What a change of rules does to packets. */
export interface PacketComparison {
  /** Packets that fare otherwise than before. Worst first. */
  readonly classes: readonly PacketClass[];
  /** Packets of which it could not be told. */
  readonly unproved: readonly PacketClass[];
  /** Packets that were not looked at, because there were too many kinds of them. */
  readonly left: readonly Box[];
  /** Proved: no packet fares otherwise. */
  readonly same: boolean;
  /** How many cells were looked at. */
  readonly looked: number;
  readonly assumed: readonly ProofAssumption[];
}

const defaultLimit = 80_000;

/**
 * Compares two rule sets of one family by what they do to every packet that meets them on `host`: first packets of flows,
 * with every address, port and protocol, from every interface. What is not among the classes is proved to fare alike, or
 * is told to be unproved. Throws an InputError where a rule set could not be loaded.
 */
export function comparePackets(
  before: Ruleset,
  after: Ruleset,
  host: Host,
  { limit = defaultLimit, facts = noFacts, only }: CompareOptions = {},
): PacketComparison {
  const compared = printsOf(before, after, host);
  const { left, right } = compared;
  const sets = hostSets(host);
  const origins = listOrigins(host);
  const asked = { before: left, after: right, host, sets };
  const everything: Suspects = {
    boxes: [universe(host.family, origins.length)],
    flows: [universe(host.family, origins.length)],
    laterDiffers: { wire: true, host: true },
    own: null,
  };
  const { boxes, flows, ...differs } =
    host.conntrack || left.program.usesConntrack === right.program.usesConntrack
      ? listSuspects({ ...asked, origins: origins.length })
      : everything;
  const question = { ...asked, ...differs, origins, limit, facts };
  const classifier = new Classifier(question);
  const sort = (cell: Cell) => classifier.add(inDoubt(cell, compared.setsApart));
  const first = explore(within(boxes, only), question, sort);
  const further = { ...question, limit: limit - first.looked };
  const begun = within(flows, only).flatMap(beginningsIn);
  const later = explore(begun, further, sort, 'later');
  const { classes, unproved } = withSetDoubts(classifier.classify(), compared.setsOfOne, question);
  const rest = [...first.left, ...later.left];
  return {
    classes,
    unproved,
    left: rest,
    same: classes.length + unproved.length + rest.length === 0,
    looked: first.looked + later.looked,
    assumed: takenForGranted(compared, host, facts),
  };
}

/** What sets hold is told of both sides, and not asked: of packets that hang on one that does not hold the same, nothing is known. */
function inDoubt(cell: Cell, sets: ReadonlySet<string>): Cell {
  if (cell.doubt !== null || sets.size === 0) return cell;
  const [set] = [...cell.box.symbols.keys()].flatMap((symbol) => setApartIn(symbol, sets) ?? []);
  return set === undefined ? cell : { ...cell, doubt: { code: 'sets-apart', set } };
}

function within(boxes: readonly Box[], only: CompareOptions['only']): readonly Box[] {
  return only === undefined ? boxes : boxes.flatMap((box) => only.flatMap((one) => meet(box, one) ?? []));
}

/** What a comparison of two rule sets takes for granted. */
export function assumptionsOf(
  before: Ruleset,
  after: Ruleset,
  host: Host,
  facts: Facts = noFacts,
): readonly ProofAssumption[] {
  return takenForGranted(printsOf(before, after, host), host, facts);
}

interface Prints {
  readonly left: Fingerprint;
  readonly right: Fingerprint;
  /** Bits of the mark that stand for others on the other side. */
  readonly exchanged: number;
  readonly lists: readonly RenamedList[];
  readonly setsApart: ReadonlySet<string>;
  /** Those of which one side alone asks something that the other does not, and not what they are told to hold. */
  readonly setsOfOne: ReadonlySet<string>;
  /** Those that rules ask, and of which not both sides say what they hold. */
  readonly setsKept: readonly string[];
  /** Those that rules ask for what they are told to hold. */
  readonly setsHeld: readonly string[];
}

/** The second with its bits of the mark named as in the first, but where this node's routing asks for one of them. */
function printsOf(before: Ruleset, after: Ruleset, { rules }: Host): Prints {
  const { plain, renamed } = waysToCompare(before, after);
  return rules.some(({ mark }) => ((mark?.mask ?? 0) & renamed.exchanged) !== 0) ? plain : renamed;
}

/** The same two are compared on many nodes. */
const waysToCompare = keptByBoth((one: Ruleset, other: Ruleset): Record<'plain' | 'renamed', Prints> => {
  const held = withHeld(one, other);
  const [before, written] = withoutUnread(...apart(...held.sides));
  const lists = renamedLists(before, written);
  const after = withListsOf(lists, written);
  const [left, right] = [fingerprint(withShared(before)), fingerprint(withShared(after))];
  const setsKept = [...left.survey.sets.keys()].filter(
    (name) => right.survey.sets.has(name) && !(one.kept?.has(name) && other.kept?.has(name)),
  );
  const sets = {
    setsApart: setsApart(one, other),
    setsOfOne: setsOfOne(left.survey, right.survey),
    setsKept,
    setsHeld: held.names,
  };
  const plain = { left, right, exchanged: 0, lists, ...sets };
  const bits = bitsToExchange(left.survey, right.survey);
  if (bits === null) return { plain, renamed: plain };
  const named = fingerprint(withShared(withBitsOf(bits, after)));
  return { plain, renamed: { ...plain, right: named, exchanged: (bits.before | bits.after) >>> 0 } };
});

function takenForGranted(compared: Prints, host: Host, facts: Facts): readonly ProofAssumption[] {
  const { left, right } = compared;
  const entries = differingEntries(left, right);
  return [
    ...host.assumed,
    ...uniqueData([...left.program.assumed, ...right.program.assumed]),
    ...standing,
    ...assumedOfMarks(compared),
    ...assumedOfForwarding(entries),
    ...(compared.setsKept.length > 0 ? [{ code: 'sets-kept', names: compared.setsKept } as const] : []),
    ...(compared.setsHeld.length > 0 && entries.length > 0
      ? [{ code: 'sets-held', names: compared.setsHeld } as const]
      : []),
    ...(compared.lists.length > 0 ? [{ code: 'lists-renamed', lists: compared.lists } as const] : []),
    ...assumedOfAddresses(entries, left.survey, right.survey),
    ...assumedOfHeaders(entries, host.family),
    ...assumedOfTracking(left.program, right.program, host),
    ...factsAssumed(facts, host.family),
  ];
}

/**
 * Whoever drops a packet before the node looks whether it can be forwarded keeps the node from answering that it cannot. In nat only a
 * policy drops.
 */
function assumedOfForwarding(entries: readonly DifferingEntry[]): ProofAssumption[] {
  const differs = entries.some(
    ({ table, hook, chains }) =>
      hook === 'PREROUTING' && (table !== 'nat' || chains.some(({ policy }) => policy === 'DROP')),
  );
  return differs ? [{ code: 'fit-to-forward' }] : [];
}

/** The address of an interface is worked out when a flow begins, and the flow goes when the address does (nf_nat_masquerade.c). */
function assumedOfAddresses(
  entries: readonly DifferingEntry[],
  left: Survey,
  right: Survey,
): ProofAssumption[] {
  const differs = entries.some(({ table, hook }) => table === 'nat' && hook === 'POSTROUTING');
  const sides = [left, right];
  const isEither =
    sides.some(({ masquerades }) => masquerades) && sides.some(({ givesSource }) => givesSource);
  return differs && isEither ? [{ code: 'addresses-kept' }] : [];
}

/** True of every comparison. */
const standing: readonly ProofAssumption[] = [{ code: 'flows-kept' }, { code: 'unmarked-on-arrival' }];

/** Rules ask for these bits themselves; whether routing does, too, the rules do not tell. */
function assumedOfMarks({
  left: { survey: left },
  right: { survey: right },
  exchanged,
}: Prints): ProofAssumption[] {
  const setOf = ({ marksSet }: Survey) => [...marksSet].sort().join();
  const changed = left.bitsSet | right.bitsSet;
  const byWayBack = left.asksRouting || right.asksRouting ? changed : 0;
  const shared = setOf(left) === setOf(right) ? 0 : changed & (left.bitsAsked | right.bitsAsked);
  const bits = (shared | byWayBack | exchanged) >>> 0;
  if (bits === 0) return [];
  return [{ code: 'routing-ignores-mark', bits }];
}
