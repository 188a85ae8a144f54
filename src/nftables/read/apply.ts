import { dataKey } from '../../text/data-key.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';
import { type Command, nameOfTable, type RulePosition, type TableName } from '../command.ts';
import type { SetElement } from '../expression.ts';
import type { NftFamily, NftRule, NftRuleset, NftSet, NftTable, Place, RuleForm } from '../model.ts';
import { findNamed, renamed } from '../named.ts';
import { Refusal } from '../refusal.ts';
import { identityOf } from '../same-key.ts';
import { ChainDraft } from './chain-draft.ts';
import { placeOfElement } from './element-places.ts';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type SetDraft = Draft<Omit<NftSet, 'elements'>> & { elements: SetElement[] };

interface TableDraft extends Draft<Omit<NftTable, 'chains' | 'sets' | 'objects' | 'flowtables'>> {
  chains: ChainDraft[];
  sets: SetDraft[];
  objects: NftTable['objects'][number][];
  flowtables: NftTable['flowtables'][number][];
}

/** A command that the kernel would refuse: it takes none of a text then. */
class Refused extends Error {
  readonly place: Place;
  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

/** What is looked at before and after a command; throws a `Refusal`. */
export interface Checks {
  readonly before: (command: Command, table: NftTable | undefined) => void;
  readonly after: (command: Command, table: NftTable | undefined) => void;
  /** Whether all rules of a form are taken. */
  readonly takes: (form: RuleForm, family: NftFamily) => boolean;
}

/**
 * What an empty kernel holds after the commands of a text. A command that cannot be carried out is a problem (`nft-name`) at
 * its place; the others are carried out all the same, so that all problems are told. What the checks refuse is one, too (`nft-refused`).
 */
export function applyCommands(
  commands: readonly Command[],
  source: Source,
  checks?: Checks,
): { readonly ruleset: NftRuleset; readonly problems: readonly Problem[] } {
  const state = new State();
  const problems: Problem[] = [];
  const carryOut = (command: Command) => {
    try {
      checks?.before(command, state.tableOf(command));
      state.carryOut(command);
      checks?.after(command, state.tableOf(command));
    } catch (error) {
      problems.push(problemOf(error, command.place, source, commands));
    }
  };
  for (const command of commands) {
    if (
      command.do === 'add-rules' &&
      checks &&
      !command.later.forms.every((form) => checks.takes(form, command.of.family))
    )
      for (const one of eachByItself(command)) carryOut(one);
    else carryOut(command);
  }
  return { ruleset: { tables: state.tables }, problems };
}

/** Which of them is refused is told by each. */
function eachByItself({ of, chain, later }: CommandOf<'add-rules'>): readonly Command[] {
  return later.make().map((rule) => {
    return { do: 'add-rule', of, chain, rule, at: 'last', place: rule.place as Place };
  });
}

function problemOf(error: unknown, place: Place, source: Source, commands: readonly Command[]): Problem {
  if (!(error instanceof Refused) && !(error instanceof Refusal)) throw error;
  const { start, end, source: own } = placeOf(error, place, commands);
  return {
    code: error instanceof Refused ? 'nft-name' : 'nft-refused',
    severity: 'error',
    message: error.message,
    span: { source: own ?? source, start, end },
    ...(error instanceof Refusal && error.expected !== undefined && { expected: error.expected }),
  };
}

function placeOf(error: Refused | Refusal, place: Place, commands: readonly Command[]): Place {
  if (error instanceof Refused) return error.place;
  return (error.element && placeOfElement(error.element, listsOf(commands))) ?? place;
}

function* listsOf(commands: readonly Command[]): Iterable<readonly SetElement[]> {
  for (const command of commands) {
    if (command.do === 'add-set') yield command.set.elements;
    if ('elements' in command) yield command.elements;
  }
}

/** The member of the union that has this `do`, also where it shares its shape with another. */
type CommandOf<Do extends Command['do']> = Command extends infer One
  ? One extends { readonly do: infer Own }
    ? Do extends Own
      ? One
      : never
    : never
  : never;
type Appliers = {
  readonly [Do in Command['do']]: (state: State, command: CommandOf<Do> & { readonly place: Place }) => void;
};

class State {
  tables: TableDraft[] = [];

  carryOut(command: Command): void {
    (appliers[command.do] as (state: State, command: Command) => void)(this, command);
  }

  find({ family, table }: TableName): TableDraft | undefined {
    return this.tables.find((one) => one.family === family && one.name === table);
  }

  /** The table that a command is about. */
  tableOf(command: Command): NftTable | undefined {
    return 'of' in command ? this.find(command.of) : undefined;
  }

  table(of: TableName, place: Place): TableDraft {
    return this.find(of) ?? refuse(`there is no ${nameOfTable(of)}`, place);
  }

  chain(of: TableName, name: string, place: Place): ChainDraft {
    const chain = findNamed(this.table(of, place).chains, name);
    return chain ?? refuse(`there is no chain ${name} in ${nameOfTable(of)}`, place);
  }

  set(of: TableName, name: string, place: Place): SetDraft {
    const set = findNamed(this.table(of, place).sets, name);
    return set ?? refuse(`there is no set ${name} in ${nameOfTable(of)}`, place);
  }
}

function refuse(message: string, place: Place): never {
  throw new Refused(message, place);
}

/** Who names a set again says how long its elements stay, and how many there may be, where that is said at all (nft_set_update). */
function nameAgain(known: SetDraft, { flags, size, timeout, gcInterval }: NftSet): void {
  delete known.timeout;
  delete known.gcInterval;
  Object.assign(known, {
    flags,
    ...(size !== undefined && { size }),
    ...(timeout !== undefined && { timeout }),
    ...(gcInterval !== undefined && { gcInterval }),
  });
}

function refuseTwice(create: boolean, what: string, place: Place): void {
  if (create) refuse(`${what} exists already`, place);
}

const appliers: Appliers = {
  'add-table': (state, { of, flags, comment, handle, create, place }) => {
    const known = state.find(of);
    if (known) {
      refuseTwice(create, nameOfTable(of), place);
      // Who names a table says its flags, and says of those that are not there that they are off (nf_tables_updtable).
      known.flags = flags;
      return;
    }
    state.tables.push({
      family: of.family,
      name: of.table,
      flags,
      ...(comment !== undefined && { comment }),
      ...(handle !== undefined && { handle }),
      objects: [],
      sets: [],
      flowtables: [],
      chains: [],
    });
  },
  'add-chain': (state, { of, chain, create, place }) => {
    const { chains } = state.table(of, place);
    const known = findNamed(chains, chain.name);
    const { policy } = chain;
    if (policy && !(known ?? chain).base) refuse(`chain ${chain.name} is entered by no hook`, place);
    if (!known) chains.push(new ChainDraft(chain));
    else {
      refuseTwice(create, `chain ${chain.name}`, place);
      // Of a base chain that is there, only the policy can be changed.
      if (policy && known.base) known.base = { ...known.base, policy };
    }
  },
  'add-rule': (state, { of, chain, rule, at, place }) => {
    const { rules } = state.chain(of, chain, place);
    markFilled(state.table(of, place), rule);
    if (at === 'last') rules.push(rule);
    else rules.splice(positionOf(rules, at, place), 0, rule);
  },
  'add-rules': (state, { of, chain, later, place }) => state.chain(of, chain, place).addLater(later),
  'replace-rule': (state, { of, chain, rule, handle, place }) => {
    const { rules } = state.chain(of, chain, place);
    markFilled(state.table(of, place), rule);
    rules[indexOfHandle(rules, handle, place)] = { ...rule, handle };
  },
  'delete-rule': (state, { of, chain, handle, place }) => {
    const { rules } = state.chain(of, chain, place);
    rules.splice(indexOfHandle(rules, handle, place), 1);
  },
  'add-set': (state, { of, set, create, place }) => {
    const { sets } = state.table(of, place);
    const known = findNamed(sets, set.name);
    if (known) {
      refuseTwice(create, `set ${set.name}`, place);
      nameAgain(known, set);
      addElements(known, set.elements);
    } else {
      const { elements, ...rest } = set;
      const fresh: SetDraft = { ...rest, elements: [] };
      addElements(fresh, elements);
      if (isOfIntervals(fresh.flags, elements)) asDeclared.add(fresh);
      sets.push(fresh);
    }
  },
  'add-elements': (state, { of, set, elements, place }) => addElements(state.set(of, set, place), elements),
  'delete-elements': (state, { of, set, elements, place }) => {
    const draft = state.set(of, set, place);
    const isLost = asDeclared.delete(draft);
    const gone = new Set(elements.map(({ key }) => identityOf(key)));
    for (const key of gone) {
      if (!draft.elements.some((one) => identityOf(one.key) === key))
        refuse(`an element that is to be deleted is not in ${set}`, place);
    }
    if (isLost) return;
    draft.elements = draft.elements.filter(({ key }) => !gone.has(identityOf(key)));
    knownElements.delete(draft);
  },
  'add-object': (state, { of, object, create, place }) => {
    const { objects } = state.table(of, place);
    const known = objects.findIndex(({ name, kind }) => name === object.name && kind === object.kind);
    if (known === -1) objects.push(object);
    else {
      refuseTwice(create, `${object.kind} ${object.name}`, place);
      // Of all objects quotas alone can be changed (nft_quota_obj_update).
      if (object.kind === 'quota') objects[known] = object;
    }
  },
  'add-flowtable': (state, { of, flowtable, create, place }) => {
    const { flowtables } = state.table(of, place);
    const known = flowtables.some(({ name }) => name === flowtable.name);
    if (known) refuseTwice(create, `flowtable ${flowtable.name}`, place);
    else flowtables.push(flowtable);
  },
  delete: (state, command) => {
    if (command.what === 'table') deleteTable(state, command);
    else deleteFrom(state.table(command.of, command.place), command);
  },
  'flush-ruleset': (state, { family }) => {
    state.tables = family === undefined ? [] : state.tables.filter((one) => one.family !== family);
  },
  flush: (state, { of, what, name, place }) => {
    if (what === 'table') for (const chain of state.table(of, place).chains) chain.rules = [];
    else if (what === 'chain') state.chain(of, name, place).rules = [];
    else {
      const set = state.set(of, name, place);
      set.elements = [];
      asDeclared.delete(set);
      knownElements.delete(set);
    }
  },
  'rename-chain': (state, { of, from, to, place }) => {
    state.chain(of, from, place).name = to;
    renamed(state.table(of, place).chains);
  },
  nothing: () => {},
};

function positionOf(rules: readonly NftRule[], at: Exclude<RulePosition, 'last'>, place: Place): number {
  if (at === 'first') return 0;
  const index = 'handle' in at ? indexOfHandle(rules, at.handle, place) : at.index;
  if (index >= rules.length) refuse(`there is no rule ${index} in the chain`, place);
  return at.side === 'before' ? index : index + 1;
}

function indexOfHandle(rules: readonly NftRule[], handle: number, place: Place): number {
  const index = rules.findIndex((rule) => rule.handle === handle);
  return index === -1 ? refuse(`there is no rule with handle ${handle} in the chain`, place) : index;
}

/** What nft gives the size of a set that rules fill, where nobody did. */
const filledSize = 65_535;

/**
 * A set into which a rule puts something, or out of which it takes something, stays one that rules fill when the rule is gone. Of a map nft
 * says so to nobody.
 */
function markFilled({ sets }: TableDraft, { statements }: NftRule): void {
  for (const statement of statements) {
    const set = statement.kind === 'set-add' ? findNamed(sets, statement.set) : undefined;
    if (!set) continue;
    if (!set.data && !set.flags.includes('dynamic')) set.flags = [...set.flags, 'dynamic'];
    set.size ??= filledSize;
  }
}

/**
 * Sets of intervals that hold what their declaration says, and that no command has changed since. The first elements that a command
 * deletes of one in the text that declares it stay: nft 1.0.6 tells the kernel nothing of them.
 */
const asDeclared = new WeakSet<SetDraft>();

const isOfIntervals = (flags: NftSet['flags'], [first]: readonly SetElement[]): boolean =>
  flags.includes('interval') && first !== undefined && first.key.kind !== 'concat';

/** The elements of each set by their keys. */
const knownElements = new WeakMap<SetDraft, Map<string, SetElement>>();

function elementsOf(set: SetDraft): Map<string, SetElement> {
  const known = knownElements.get(set);
  if (known?.size === set.elements.length) return known;
  const fresh = new Map(set.elements.map((one) => [identityOf(one.key), one]));
  knownElements.set(set, fresh);
  return fresh;
}

/** An element that is there already is there once. Of equal intervals that are added together the last one is it. */
function addElements(set: SetDraft, elements: readonly SetElement[]): void {
  const known = elementsOf(set);
  if (elements.length > 0) asDeclared.delete(set);
  for (const element of isOfIntervals(set.flags, elements) ? lastOfEach(elements) : elements) {
    const key = identityOf(element.key);
    const before = known.get(key);
    if (before) {
      if (before.data && element.data && dataKey(before.data) !== dataKey(element.data))
        throw new Refusal(`a key of ${set.name} has two values`, undefined, element);
      continue;
    }
    known.set(key, element);
    set.elements.push(element);
  }
}

function lastOfEach(elements: readonly SetElement[]): readonly SetElement[] {
  const last = new Map<string, SetElement>();
  for (const element of elements) {
    const key = identityOf(element.key);
    const before = last.get(key);
    if (before?.data && element.data && dataKey(before.data) !== dataKey(element.data)) return elements;
    last.set(key, element);
  }
  return [...last.values()];
}

function deleteTable(state: State, { of, name, ifThere, place }: CommandOf<'delete'>): void {
  const index = state.tables.findIndex(
    (one) => one.family === of.family && (typeof name === 'number' ? one.handle === name : one.name === name),
  );
  if (index !== -1) state.tables.splice(index, 1);
  else if (!ifThere) refuse(`there is no ${nameOfTable(of)}`, place);
}

function deleteFrom(table: TableDraft, { what, name, ifThere, place }: CommandOf<'delete'>): void {
  const list: { readonly name: string; readonly handle?: number }[] =
    what === 'chain'
      ? table.chains
      : what === 'set'
        ? table.sets
        : what === 'flowtable'
          ? table.flowtables
          : table.objects;
  const index = list.findIndex((one) => (typeof name === 'number' ? one.handle === name : one.name === name));
  if (index !== -1) list.splice(index, 1);
  else if (!ifThere) refuse(`there is no ${what} ${name} to delete`, place);
}
