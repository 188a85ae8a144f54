import type { Family } from '../address/address.ts';
import { compareLines, type Hunk } from '../diff/text.ts';
import type { RulePlace } from '../engine/ir.ts';
import { tablesBeside } from '../engine/lower/nftables/program.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Packet } from '../engine/packet.ts';
import type { Host, HostFields } from '../host/model.ts';
import { writeDump } from '../iptables/dump/write.ts';
import type { NftTable } from '../nftables/model.ts';
import { spellElement } from '../nftables/print/expressions.ts';
import { compareAlike, orderedApart, type ProgramsAlike } from '../proof/alike/programs.ts';
import { assumedOfHeadersIn } from '../proof/assume-headers.ts';
import { assumeHost } from '../proof/assume-host.ts';
import { hostOfMode } from '../proof/assume-mode.ts';
import { assumedOfTracking } from '../proof/assume-tracking.ts';
import type { MadeUp, ProofAssumption } from '../proof/assumption.ts';
import type { EffectKind } from '../proof/classes/effect.ts';
import { kindOfChange } from '../proof/second/kind.ts';
import { type Differing, lookAgain, lookAt, rulesMet, type SecondLook } from '../proof/second/second.ts';
import { strangeness } from '../proof/second/unusual.ts';
import { uniqueData } from '../text/data-key.ts';
import { canonicalText, loadedText } from './canonical-text.ts';
import { confirm } from './confirm.ts';
import type { Note } from './note.ts';
import { type Only, packetsAsked } from './only.ts';
import type { NodeProgram } from './program.ts';

/** A packet that changes fate, or after which another one of its conversation does, and how many like it were found. */
export interface Witness extends Differing {
  readonly alike: number;
  /** In what respect. */
  readonly effect: EffectKind;
  /** The rules that it meets on either side, in their order. */
  readonly rules: { readonly before: readonly RulePlace[]; readonly after: readonly RulePlace[] };
}

type Found = Omit<Witness, 'rules'>;

/** Two sides of one family, of which one holds rules of nft at least, and the host on which packets are walked through them. */
export interface NftSides {
  readonly before: NodeProgram;
  readonly after: NodeProgram;
  /** What the kernel gets of either: nothing tells equal ones apart, but for what is taken for granted. */
  readonly texts: readonly [string, string];
  readonly host: Host;
  /** What was made up of it. */
  readonly madeUp: readonly MadeUp[];
  /** What is proved of rules that are not the same text; null: they are. */
  readonly alike: ProgramsAlike | null;
  /** What a proof takes for granted: it holds on any host. */
  readonly granted: readonly ProofAssumption[];
}

/** What is known of a change of rules of which some are of nft. */
export interface NftComparison {
  readonly family: Family;
  /** What was asked of alone, with what follows it; absent: all packets. */
  readonly only?: readonly Packet[];
  readonly before: NodeProgram;
  readonly after: NodeProgram;
  /** The rules as nft and iptables list them; null: too different to be laid side by side. */
  readonly text: readonly Hunk[] | null;
  /** No packet changes fate: the rules are the same, or proved to do the same, one by one. */
  readonly same: boolean;
  /** Of rules that are not the same text: what is proved of them, chain by chain. */
  readonly alike: ProgramsAlike | null;
  /** Tables that do something in hooks that are not walked, and not the same on both sides: `arp filter`. */
  readonly beside: readonly string[];
  /** Packets that were walked through both sides, each with those that follow it. */
  readonly tried: number;
  /** Of these, those of which it cannot be told what becomes of them, on one side at least. */
  readonly open: number;
  readonly witnesses: readonly Witness[];
  readonly assumed: readonly ProofAssumption[];
  readonly notes: readonly Note[];
}

export interface NftCompareRequest {
  /** A proof is confirmed by the second procedure, or there is no answer. */
  readonly paranoid?: true | undefined;
  /** The packets that are asked; absent: all. */
  readonly only?: Only | undefined;
}

/** So many packets are walked, each with those that follow it, where rules are not proved to do the same. */
const mostTried = 1000;

export function prepareNft(before: NodeProgram, after: NodeProgram, given: readonly HostFields[]): NftSides {
  const sides = [before, after];
  const dumps = sides.flatMap(({ iptables }) => (iptables ? [iptables.ruleset] : []));
  const programs = sides.map(({ program }) => program);
  const known = [...given, hostOfMode(sides)];
  const { host, assumed: madeUp } = assumeHost(after.family, known, dumps, programs);
  const texts = [textOf(before), textOf(after)] as const;
  const ofRules =
    texts[0] === texts[1]
      ? untold(after)
      : uniqueData([...untold(before), ...untold(after), ...(after.program.assumed ?? [])]);
  const isRead = texts[0] !== texts[1] || orderedApart(before.program, after.program);
  const alike = isRead ? compareAlike(before.program, after.program) : null;
  const granted = [
    ...ofRules,
    ...expiringApart(before, after),
    ...indexedApart(before, after),
    ...(alike ? assumedOfHeadersIn(before.program, after.program, alike, host) : []),
  ];
  const left = texts[0] === texts[1] ? expiringAs(after, before) : before;
  return { before: left, after, texts, host, madeUp, alike, granted };
}

/** Of rules that are the same: what is taken for granted, packets are walked with. */
function expiringAs({ program: timed }: NodeProgram, side: NodeProgram): NodeProgram {
  const { dynamic } = timed.states;
  if (!dynamic) return side;
  return { ...side, program: { ...side.program, states: { ...side.program.states, dynamic } } };
}

/** What of a change is proved. */
type Proved = Pick<NftComparison, 'same' | 'alike' | 'beside'>;

/** Compares rules by what the kernel gets of them, and where that differs, rule by rule. */
export function proveNft({ before, after, alike }: NftSides): Proved {
  if (alike === null) return { same: true, alike, beside: [] };
  const beside = besideApart(before, after);
  return { same: alike.same && beside.length === 0, alike, beside };
}

/** The same, and where it is not proved that nothing changes, packets that are walked through both sides. */
export function compareNft(
  sides: NftSides,
  { paranoid, only: asked }: NftCompareRequest = {},
): NftComparison {
  const { before, after, host, madeUp, granted } = sides;
  const { family } = after;
  const only = asked && packetsAsked(asked, family);
  const proof = { ...proveNft(sides), before, after, text: hunksOf(sides) };
  if (proof.same) {
    const notes = paranoid ? [confirm(before.program, after.program, host)] : [];
    return {
      ...proof,
      family,
      ...(only && { only }),
      tried: 0,
      open: 0,
      witnesses: [],
      assumed: granted,
      notes,
    };
  }
  const { differing, walked, open } = only
    ? lookAt(only, before.program, after.program, host, false)
    : lookAgainAtNft(sides, mostTried, false);
  const found = new Map<string, Found>();
  for (const one of differing) {
    const key = `${one.turn} ${roughly(one.before)} => ${roughly(one.after)}`;
    const known = found.get(key);
    const effect = kindOfChange(one.before, one.after);
    found.set(key, toldBy(known, { ...one, alike: 0, effect }, host));
  }
  const told = [...found.values()]
    .sort((one, other) => strangenessOf(one, host) - strangenessOf(other, host))
    .map((one): Witness => {
      const met = ({ program }: NodeProgram) => rulesMet(one.sent, program, host);
      return { ...one, rules: { before: met(before), after: met(after) } };
    });
  return {
    ...proof,
    family,
    ...(only && { only }),
    tried: walked,
    open,
    witnesses: told,
    assumed: [...madeUp, ...host.assumed, ...assumedOfTracking(before.program, after.program, host)],
    notes: [],
  };
}

/** Of those that are alike, the one that readers know best. */
function toldBy(known: Found | undefined, one: Found, host: Host): Found {
  if (!known) return one;
  const told = strangenessOf(one, host) < strangenessOf(known, host) ? one : known;
  return { ...told, alike: known.alike + 1 };
}

/** What becomes of the packet itself is told before what becomes of others after it. */
function strangenessOf({ first, turn }: Found, host: Host): number {
  return strangeness(first, host) + (turn === 'first' ? 0 : 1);
}

/** Whether nothing changes: of all packets that is proved, and of some it is walked. */
export function isUnchanged({ same, only, witnesses, open }: NftComparison): boolean {
  return same || (only !== undefined && witnesses.length === 0 && open === 0);
}

/** Walks up to so many conversations through both sides. */
export function lookAgainAtNft(
  { before, after, host }: NftSides,
  limit: number,
  supposing = true,
): SecondLook {
  return lookAgain(before.program, after.program, host, { limit, supposing });
}

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

function textOf({ iptables, nft }: NodeProgram, spell = loadedText): string {
  const dump = iptables ? writeDump(iptables.ruleset, { counters: 'drop' }) : '';
  return [dump, ...nft.map((ruleset) => spell(ruleset))].filter((text) => text !== '').join('\n');
}

/** As nft lists them; where it lists alike what is not, as the kernel gets them. */
function hunksOf({ before, after, texts }: NftSides): readonly Hunk[] | null {
  if (texts[0] === texts[1]) return [];
  const listed = compareLines(textOf(before, canonicalText), textOf(after, canonicalText));
  return listed?.length === 0 ? compareLines(...texts) : listed;
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
  const extensions = nft.flatMap(({ tables }) => tables.flatMap(extensionsIn));
  return [
    ...(empty ? [{ code: 'sets-listed' } as const] : []),
    ...(tied ? [{ code: 'chains-in-order' } as const] : []),
    ...(extensions.length > 0
      ? [{ code: 'extensions-alike', names: [...new Set(extensions)].sort() } as const]
      : []),
  ];
}

/** Two listings of one set tell other times when its elements expire, whenever they were made. Nobody knows which are gone by now. */
function expiringApart(before: NodeProgram, after: NodeProgram): ProofAssumption[] {
  const [left, right] = [expiriesOf(before), expiriesOf(after)];
  const sets = [...left.keys()].filter((name) => right.has(name) && left.get(name) !== right.get(name));
  return sets.length > 0 ? [{ code: 'elements-alive', sets: sets.sort() }] : [];
}

/** By set: which element expires when. */
function expiriesOf({ nft }: NodeProgram): ReadonlyMap<string, string> {
  const tables = nft.flatMap((ruleset) => ruleset.tables);
  return new Map(
    tables.flatMap(({ family, name, sets }) =>
      sets.map((set) => {
        const expiring = set.elements.filter(({ expires }) => expires !== undefined);
        const texts = expiring.map((element) => spellElement(element, {}));
        return [`${family} ${name} ${set.name}`, texts.sort().join()] as const;
      }),
    ),
  );
}

/** `iif` is the interface that had the name when the rule was loaded, and `iifname` the one that has it when a packet comes. */
function indexedApart(before: NodeProgram, after: NodeProgram): ProofAssumption[] {
  const [left, right] = [before, after].map(({ nft }) => indexed(nft)) as [string[], string[]];
  if (left.join() === right.join()) return [];
  return [{ code: 'interfaces-kept', names: [...new Set([...left, ...right])].sort() }];
}

function indexed(nft: NodeProgram['nft']): string[] {
  const tables = nft.flatMap((ruleset) => ruleset.tables);
  const told = tables.flatMap(({ chains, sets }) => [
    ...chains.flatMap(({ rules }) => rules.map(({ statements }) => statements)),
    ...sets.map(({ elements }) => elements),
  ]);
  return [...indexedIn(told)].sort();
}

/** The names of interfaces that stand for an index, wherever they stand. */
function* indexedIn(value: unknown): Iterable<string> {
  if (value === null || typeof value !== 'object') return;
  if ('kind' in value && value.kind === 'text' && 'type' in value && value.type === 'iface_index')
    yield String((value as { text?: unknown }).text);
  for (const one of Object.values(value)) yield* indexedIn(one);
}

/** Extensions of iptables of which a listing of nft has the name, and no parameters. */
function extensionsIn({ chains }: NftTable): readonly string[] {
  return chains.flatMap(({ rules }) =>
    rules.flatMap(({ statements }) =>
      statements.flatMap((one) => (one.kind === 'xt' ? [`${one.type} ${one.name}`] : [])),
    ),
  );
}

/** Packets that differ in the endpoint alone are alike. */
function roughly(outcomes: readonly Outcome[]): string {
  const kinds = outcomes.map(({ verdict, dnat, masqueraded, delivered, rejectWith }) =>
    [verdict, dnat !== null, masqueraded, delivered, rejectWith].join(' '),
  );
  return [...new Set(kinds)].sort().join(' | ');
}
