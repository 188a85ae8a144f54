import type { Family } from '../../../address/address.ts';
import { type Hook, perHook } from '../../../iptables/rule/ruleset.ts';
import type { SetElement } from '../../../nftables/expression.ts';
import type {
  NftChain,
  NftFamily,
  NftHook,
  NftRule,
  NftRuleset,
  NftSet,
  NftTable,
} from '../../../nftables/model.ts';
import type { Statement } from '../../../nftables/statement.ts';
import type { WalkAssumption } from '../../assumption.ts';
import { usesConntrack } from '../../conntrack-use.ts';
import type { BaseChain, DynamicSet, IrProgram, States, UnwalkedChain } from '../../ir.ts';
import { MadeChains } from '../made-chains.ts';
import type { NftIrChain } from './chain.ts';
import { NftChains } from './chains.ts';
import { valuesOf } from './constants.ts';

const hooks: Readonly<Record<NftHook, Hook | null>> = {
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
  ingress: null,
  egress: null,
};

/** Which packets of IP a family's tables see in the hooks of IP. */
const sees: Readonly<Record<NftFamily, readonly Family[]>> = {
  ip: ['ipv4'],
  ip6: ['ipv6'],
  inet: ['ipv4', 'ipv6'],
  arp: [],
  bridge: [],
  netdev: [],
};

/** What a ruleset of nft does to the packets of one family on one node. */
export class NftProgram implements IrProgram {
  readonly family: Family;
  readonly chains: MadeChains<NftIrChain>;
  readonly baseChains: Readonly<Record<Hook, readonly BaseChain[]>>;
  readonly states: States;
  readonly unwalked: readonly UnwalkedChain[];
  readonly assumed: readonly WalkAssumption[];

  constructor(ruleset: NftRuleset, family: Family) {
    this.family = family;
    const dynamic = new Map<string, DynamicSet>();
    const bases: BaseChain[] = [];
    const unwalked: UnwalkedChain[] = [];
    const assumed: WalkAssumption[] = [];
    const chains = new Map<string, NftChains>();
    for (const table of ruleset.tables) {
      if (table.flags.includes('dormant')) continue;
      unwalked.push(...unwalkedOf(table));
      assumed.push(...passedOver(table));
      if (sees[table.family].includes(family))
        chains.set(`${table.family} ${table.name}`, this.addTable(table, bases, dynamic));
    }
    this.chains = new MadeChains(chains);
    const at = (hook: Hook) =>
      bases.filter((base) => base.hook === hook).sort((left, right) => left.priority - right.priority);
    this.baseChains = perHook(at);
    this.states = { recent: new Map(), sets: null, dynamic };
    this.unwalked = unwalked;
    this.assumed = assumed;
  }

  /** Asked only where nobody says that connections are tracked anyway: it looks at every rule. */
  get usesConntrack(): boolean {
    return usesConntrack(this.chains.values());
  }

  private addTable(table: NftTable, bases: BaseChain[], dynamic: Map<string, DynamicSet>): NftChains {
    const tableName = `${table.family} ${table.name}`;
    const changed = changedSets(table);
    const sets = new Map(table.sets.map((set) => [set.name, set]));
    const { objects } = table;
    const chains = new NftChains(table, {
      family: this.family,
      table: table.family,
      tableName,
      sets,
      objects,
      changed,
    });
    for (const set of table.sets) {
      const known = changed.has(set.name) ? dynamicSet(set) : null;
      if (known) dynamic.set(`${tableName} @${set.name}`, known);
    }
    table.chains.forEach((chain, made) => {
      const base = baseOf(chain, chains, made);
      if (base) bases.push(base);
    });
    return chains;
  }
}

function baseOf({ base }: NftChain, chains: NftChains, made: number): BaseChain | null {
  const hook = base && hooks[base.hook];
  if (!base || !hook) return null;
  const { type, priority } = base;
  const chain = chains.at(made);
  return { name: chain.name, type, hook, priority, policy: chain.policy ?? 'ACCEPT', chain, made };
}

/** What stands before the hooks of IP, or beside them, is not walked: what it stops never comes, and without ARP nobody is found. */
function passedOver({ family, name, chains }: NftTable): readonly WalkAssumption[] {
  return chains
    .filter((chain) => isPassedOver(family, chain))
    .map((chain) => ({ code: 'chain-not-walked', table: `${family} ${name}`, chain: chain.name }));
}

function isPassedOver(family: NftFamily, chain: NftChain): boolean {
  const { base } = chain;
  if (!base || (sees[family].length > 0 && hooks[base.hook] !== null)) return false;
  return chain.rules.length > 0 || base.policy === 'drop';
}

/** Tables that do something in a hook that is not walked. */
export function tablesBeside({ tables }: NftRuleset): readonly NftTable[] {
  return tables.filter(
    ({ flags, family, chains }) =>
      !flags.includes('dormant') && chains.some((chain) => isPassedOver(family, chain)),
  );
}

/** Of them, what may do something to a packet at the interfaces that it passes. */
function unwalkedOf({ family, name, chains }: NftTable): readonly UnwalkedChain[] {
  if (family === 'arp') return [];
  return chains.flatMap((own): readonly UnwalkedChain[] => {
    const { name: chain, base } = own;
    if (!base || !isPassedOver(family, own) || (base.policy !== 'drop' && own.rules.every(letsPass)))
      return [];
    const side =
      base.hook === 'egress' || base.hook === 'output' || base.hook === 'postrouting' ? 'out' : 'in';
    return [{ table: `${family} ${name}`, chain, side, devices: family === 'bridge' ? null : base.devices }];
  });
}

const harmless: ReadonlySet<Statement['kind']> = new Set(['match', 'counter', 'last', 'log']);

/** Whether a rule changes nothing, whatever it asks. */
function letsPass({ statements }: NftRule): boolean {
  return statements.every(
    (one) => harmless.has(one.kind) || (one.kind === 'verdict' && passing.has(one.verdict)),
  );
}

const passing: ReadonlySet<string> = new Set(['accept', 'continue', 'return', 'break']);

/** The sets that rules add to, or take from, or that time empties. */
function changedSets({ chains, sets }: NftTable): ReadonlySet<string> {
  const names = new Set(sets.filter(expires).map(({ name }) => name));
  for (const chain of chains) {
    // What changes sets is never read later.
    if (chain.later) continue;
    for (const { statements } of chain.rules) {
      for (const statement of statements) if (statement.kind === 'set-add') names.add(statement.set);
    }
  }
  return names;
}

function expires({ elements, timeout }: NftSet): boolean {
  return elements.length > 0 && elements.some((element) => lifetimeOf(element, timeout) !== undefined);
}

/** Milliseconds; undefined: it stays. */
function lifetimeOf({ expires, timeout }: SetElement, ofSet: number | undefined): number | undefined {
  return expires ?? timeout ?? ofSet;
}

/** Without a size, a set holds what memory does. Null: what it holds is not known. */
function dynamicSet({ elements, size, timeout }: NftSet): DynamicSet | null {
  const listed = elements.map((element) => {
    const { key } = element;
    const lifetime = lifetimeOf(element, timeout);
    return {
      keys: (key.kind === 'concat' ? key.parts : [key]).map(valuesOf),
      expires: lifetime === undefined ? null : lifetime / 1000,
    };
  });
  if (listed.some(({ keys }) => keys.includes(null))) return null;
  return {
    elements: listed as DynamicSet['elements'],
    size: size ?? Number.POSITIVE_INFINITY,
    timeout: timeout === undefined ? null : timeout / 1000,
  };
}
