import { type Family, families } from '../address/address.ts';
import { beyondScope, cutPlacesOf, inScope, placesOf, type Scope } from '../diff/scope.ts';
import { byService, type ServiceChange } from '../diff/services.ts';
import { compareTexts, type Hunk } from '../diff/text.ts';
import type { Packet } from '../engine/packet.ts';
import { buildProgram, type Program } from '../engine/program.ts';
import type { Host, HostFields } from '../host/model.ts';
import { withChainsOf } from '../iptables/dump/written.ts';
import { countOthers } from '../iptables/owners.ts';
import { withTablesOpen } from '../iptables/pasted/opens.ts';
import type { Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import type { MadeUp, ProofAssumption } from '../proof/assumption.ts';
import type { PacketClass } from '../proof/classes/classify.ts';
import { assumptionsOf, comparePackets, type PacketComparison } from '../proof/compare.ts';
import type { Facts } from '../proof/facts.ts';
import { withHeld } from '../proof/rules/held-sets.ts';
import { lookAgain, type SecondLook } from '../proof/second/second.ts';
import { withoutChance } from '../proxy/drift/chance.ts';
import { want } from '../text/expected.ts';
import { keptBy, keptByBoth } from '../text/kept.ts';
import type { Problem } from '../text/problem.ts';
import { respelled } from '../text/source.ts';
import { confirm } from './confirm.ts';
import type { SessionDetail } from './detail.ts';
import { unasked } from './facts.ts';
import { hostFor } from './host.ts';
import type { Note, SideNote } from './note.ts';
import { boxesAsked, familyAsked, type Only, packetsAsked } from './only.ts';
import { refuse } from './refuse.ts';
import type { OpenSide, ReportSide, Side } from './side.ts';

/** All that a report of a comparison says, in whatever form. */
export interface DiffReport {
  readonly before: ReportSide;
  readonly after: ReportSide;
  readonly packets: PacketComparison;
  /** What was asked of alone, with the connections that they begin; absent: all packets. */
  readonly only?: readonly Packet[];
  readonly services: readonly ServiceChange[];
  /** Null: too different to be laid side by side. */
  readonly text: readonly Hunk[] | null;
  /** What was done to the sides, and whose rules there are. */
  readonly notes: readonly Note[];
  /** What no input says of the host and was made up. */
  readonly assumed?: readonly MadeUp[];
  /** The exit status that it leads to. */
  readonly status: 0 | 1;
}

/** How two sides are compared, and what of it counts. */
export interface CompareRequest {
  readonly node?: string | undefined;
  readonly family?: Family | undefined;
  readonly scope: Scope;
  readonly strict?: true | undefined;
  /** A proof is confirmed by the second procedure, or there is no answer. */
  readonly paranoid?: true | undefined;
  /** What does not count, and what alone does; null: nothing and everything. */
  readonly ignored: readonly string[] | null;
  readonly failing: readonly string[] | null;
  /** What somebody says of the host that no rule tells. */
  readonly facts?: Facts | undefined;
  /** The packets that are asked; absent: all. */
  readonly only?: Only | undefined;
  /** What is known of the host, in the family of the rules. */
  readonly host: (family: Family) => readonly HostFields[];
}

export interface Compared {
  readonly report: DiffReport;
  readonly problems: readonly Problem[];
}

/** Two sides of one family, and the host on which they are compared. */
export interface PreparedSides {
  readonly left: Side;
  readonly right: Side;
  readonly host: Host;
  /** All that a proof takes for granted. */
  readonly assumed: readonly ProofAssumption[];
  /** What no input says of the host and was made up, of that. */
  readonly madeUp: readonly MadeUp[];
}

/** Throws an InputError where the sides are not of one family. */
export function prepareSides(before: OpenSide, after: OpenSide, request: CompareRequest): PreparedSides {
  const [first, second] = sidesOfOneFamily(before, after, request);
  const [own, others] = [limited(first, second, request.scope), limited(second, first, request.scope)];
  const [left, other] = [keeping(opened(own, others), before), keeping(opened(others, own), after)];
  const right = { ...other, ruleset: withChainsOf(left.ruleset, other.ruleset) };
  const { family } = right.ruleset;
  if (left.ruleset.family !== family) {
    refuse<SessionDetail>(
      {
        code: 'families-differ',
        before: before.name,
        one: left.ruleset.family,
        after: after.name,
        other: family,
      },
      want.thing('sides-of-one-family'),
    );
  }
  const { host, assumed: madeUp } = hostFor(
    family,
    request.host(family),
    [left, right],
    request.facts?.interfaces,
  );
  const assumed = [...madeUp, ...assumptionsOf(left.ruleset, right.ruleset, host, request.facts)];
  return { left, right, host, assumed, madeUp };
}

/** With what the node's sets hold beside its rules. */
function keeping(side: Side, { kept }: OpenSide): Side {
  return kept ? { ...side, ruleset: { ...side.ruleset, kept } } : side;
}

export function compareSides(before: OpenSide, after: OpenSide, request: CompareRequest): Compared {
  const { left, right, host, madeUp: assumed } = prepareSides(before, after, request);
  const { facts } = request;
  const only = request.only && packetsAsked(request.only, host.family);
  const packets = comparePackets(left.ruleset, right.ruleset, host, {
    ...(facts && { facts }),
    only: only && boxesAsked(only, host),
  });
  const services = byService(packets.classes, left.ruleset, right.ruleset);
  const confirmed = request.paranoid && packets.same ? [confirm(...programsOf(left, right), host)] : [];
  const text = textsOf(left, right);
  const report: DiffReport = {
    before: left,
    after: right,
    packets,
    ...(only && { only }),
    // What comes and goes with them is not asked.
    services: only ? services.filter(({ entries }) => entries.length > 0) : services,
    text,
    notes: [...left.notes, ...right.notes, ...takenAlike(left, right, packets), ...confirmed],
    assumed,
    status: statusOf(packets, only === undefined && text?.length !== 0, request),
  };
  const slips = facts ? unasked(facts, [left.ruleset, right.ruleset]) : [];
  return { report, problems: [...left.problems, ...right.problems, ...slips] };
}

/** The same in the one family that packets are of, where nobody says which. */
export function inFamilyAsked(request: CompareRequest): CompareRequest {
  if (request.family !== undefined || !request.only) return request;
  return { ...request, family: familyAsked(request.only) };
}

/** Where rules may be that the text leaves out. */
const leftOutIn = keptBy(cutPlacesOf);

/** What is compared is not all that there is: of what is not shown nobody can say that it is missing. */
function cutNote({ name, ruleset }: Side): SideNote[] {
  const places = leftOutIn(ruleset);
  return places.length > 0 ? [{ code: 'rules-not-shown', side: name, places }] : [];
}

/** What neither side shows is one question to a proof. */
function takenAlike(left: Side, right: Side, { same }: PacketComparison): readonly Note[] {
  return same && leftOutIn(left.ruleset).length > 0 && leftOutIn(right.ruleset).length > 0
    ? [{ code: 'left-out-alike' }]
    : [];
}

/** Between a node and what its manifests give, what kube-proxy leaves to chance is no difference. */
function textsOf(left: ReportSide, right: ReportSide): readonly Hunk[] | null {
  const isDrift = (left.field === undefined) !== (right.field === undefined);
  if (isDrift) return compareTexts(withoutChance(left.ruleset), withoutChance(right.ruleset));
  return textChanges(left.ruleset, right.ruleset);
}

/** The same for all nodes whose rules are. */
const textChanges = keptByBoth((left: Ruleset, right: Ruleset) => compareTexts(left, right));

/** Walks up to so many conversations through both sides. */
export function lookAgainAt({ left, right, host }: PreparedSides, limit: number): SecondLook {
  return lookAgain(...programsOf(left, right), host, { limit });
}

/** Of what both sides say, what sets hold included. */
function programsOf(left: Side, right: Side): [Program, Program] {
  const [before, after] = withHeld(left.ruleset, right.ruleset).sides;
  return [buildProgram(before), buildProgram(after)];
}

/** A comparison in every family that the sides hold. */
export interface FamiliesReport {
  readonly before: string;
  readonly after: string;
  /** One for each family that both sides hold, and of manifests that one of them does. */
  readonly reports: readonly DiffReport[];
  /** Families of which only the one side, or only the other, holds rules. */
  readonly lost: readonly Family[];
  readonly gained: readonly Family[];
  readonly status: 0 | 1;
}

/** Where a side holds both families and nobody asks for one, both are compared; null: there is one to compare. */
export function compareFamilies(
  before: OpenSide,
  after: OpenSide,
  request: CompareRequest,
): { readonly report: FamiliesReport; readonly problems: readonly Problem[] } | null {
  const several = familiesToCompare(before, after, request);
  if (several === null) return null;
  const { lost, gained } = several;
  const compared = several.compared.map((family) => compareSides(before, after, { ...request, family }));
  const reports = compared.map(({ report }) => report);
  const differs = lost.length + gained.length > 0 || reports.some(({ status }) => status === 1);
  const names = { before: before.name, after: after.name };
  const report: FamiliesReport = { ...names, reports, lost, gained, status: differs ? 1 : 0 };
  return { report, problems: compared.flatMap(({ problems }) => problems) };
}

/** Families of two sides; those that only one has are compared, too, where both are manifests. */
export interface FamiliesToCompare {
  readonly compared: readonly Family[];
  readonly lost: readonly Family[];
  readonly gained: readonly Family[];
}

/** Null: there is one to compare. */
export function familiesToCompare(
  before: OpenSide,
  after: OpenSide,
  request: CompareRequest,
): FamiliesToCompare | null {
  const [had, has] = [familiesIn(before, after, request), familiesIn(after, before, request)];
  if (request.family || had === null || has === null || had.concat(has).every((one) => one === had[0]))
    return null;
  // Manifests have rules in whatever family a dump is of.
  const isIn = (family: Family, list: readonly (Family | null)[]) =>
    list.includes(family) || list.includes(null);
  const all = families.filter((family) => had.includes(family) || has.includes(family));
  const lost = all.filter((family) => !isIn(family, has));
  const gained = all.filter((family) => !isIn(family, had));
  // What a family that is lost did is known of manifests; a dump of one family says nothing of the other.
  const areManifests = before.nodes !== null && after.nodes !== null;
  const compared = all.filter((family) => areManifests || (isIn(family, had) && isIn(family, has)));
  return { compared, lost, gained };
}

/** The families that a side holds, where it is asked for both; null among them: any. Null: there is one to compare. */
function familiesIn(
  side: OpenSide,
  other: OpenSide,
  { node }: CompareRequest,
): readonly (Family | null)[] | null {
  const isOfOne = ({ nodes, families: own }: OpenSide) => nodes === null && own === null;
  if (isOfOne(side) && (isOfOne(other) || other.nodes !== null)) return null;
  if (side.nodes !== null && other.nodes === null) return other.families === null ? null : [null];
  return side.families ?? [side.on(node, undefined).ruleset.family];
}

/** Of a table of which only the other side has rules, and of which this one shows nothing, nothing is known. */
function opened(side: Side, { ruleset: other }: Side): Side {
  const { ruleset, source } = side;
  const hidden = (ruleset.notShown ?? []).filter((table) => hasRules(other, table));
  if (hidden.length === 0) return side;
  const text = source.text === '' || source.text.endsWith('\n') ? source.text : `${source.text}\n`;
  const { ruleset: open, lines } = withTablesOpen(ruleset, hidden, text.length);
  return {
    ...side,
    ruleset: open,
    source: respelled(source, text + lines.map((line) => `${line}\n`).join('')),
  };
}

const hasRules = ({ tables }: Ruleset, table: TableName): boolean =>
  tables.some(
    ({ name, chains }) => name === table && [...chains.values()].some(({ rules }) => rules.length > 0),
  );

const othersIn = keptBy(countOthers);

/** A side with the rules of the scope, and a word on whose others there are. */
function limited(side: Side, other: Side, scope: Scope): Side {
  const note = othersNote(side, other, scope);
  const notes = note === null ? side.notes : withPlaces(side.notes, note);
  return { ...side, ruleset: inScope(side.ruleset, scope), notes: [...notes, ...cutNote(side)] };
}

/** What was left out in either language is one note. */
function withPlaces(notes: readonly SideNote[], note: SideNote): readonly SideNote[] {
  const beside = notes.find(({ code }) => code === 'others-left-out');
  if (note.code !== 'others-left-out' || beside?.code !== 'others-left-out') return [...notes, note];
  const joined = { ...note, places: [...note.places, ...beside.places], alike: false };
  return [...notes.filter((one) => one !== beside), joined];
}

function othersNote({ name, ruleset }: Side, other: Side, scope: Scope): SideNote | null {
  const owners = othersIn(ruleset);
  if (scope === 'all') return owners.length === 0 ? null : { code: 'others-compared', side: name, owners };
  const beyond = beyondScope(ruleset, scope);
  const places = placesOf(beyond);
  if (owners.length + places.length === 0) return null;
  const alike = compareTexts(beyond, beyondScope(other.ruleset, scope))?.length === 0;
  return { code: 'others-left-out', side: name, owners, places, alike };
}

/** Where nobody says which family, both sides are of the one that the first is of. */
function sidesOfOneFamily(
  before: OpenSide,
  after: OpenSide,
  { node, family }: CompareRequest,
): readonly [Side, Side] {
  const [left, right] = [before.on(node, family), after.on(node, family)];
  if (family || left.ruleset.family === right.ruleset.family) return [left, right];
  // A dump without any address is of either family.
  if (isBare(left)) return [before.on(node, right.ruleset.family), right];
  return isBare(right) ? [left, after.on(node, left.ruleset.family)] : [left, right];
}

function isBare({ source }: Side): boolean {
  return !/\d\.\d+\.\d+\.\d|[0-9a-f]::?[0-9a-f]/.test(source.text.replace(/\[\d+:\d+\]/g, ''));
}

/** What could not be proved counts, whatever is ignored. */
function statusOf(packets: PacketComparison, textDiffers: boolean, request: CompareRequest): 0 | 1 {
  const { strict, ignored, failing } = request;
  const counts = (respect: string) =>
    !(ignored?.includes(respect) ?? false) && (failing?.includes(respect) ?? true);
  if (packets.unproved.length + packets.left.length > 0) return 1;
  if (textDiffers && (strict || failing?.includes('text')) && counts('text')) return 1;
  const matters = ({ effects }: PacketClass) => effects.some(({ kind }) => counts(kind));
  return packets.classes.some(matters) ? 1 : 0;
}
